import sharp from "sharp";
import { encodeHevc, type HevcImage } from "./hevc";
import type { Rgb } from "./images";

/** Parts of a HEIC file besides the pixels of its primary image (ISO/IEC 23008-12). */
export interface HeicOptions {
  /** Quarters of a turn, anticlockwise. */
  readonly turns?: number;
  /** 0 where top and bottom change places, 1 where left and right do. */
  readonly mirror?: 0 | 1;
  readonly profile?: Buffer;
  /** The tiles of a grid have the colours, and the grid has none. */
  readonly colourOfTiles?: boolean;
  /** Colour primaries of `nclx`: 1 is sRGB's, 12 Display P3's (ITU-T H.273). Default 1. */
  readonly primaries?: number;
  /** Number of columns and rows of the same tile that the primary image is put together from. */
  readonly grid?: readonly [columns: number, rows: number];
  /** Size that the header claims. Default: the true one. */
  readonly claimed?: readonly [width: number, height: number];
  /** Other images of the file, before the primary one. */
  readonly others?: readonly HevcImage[];
  readonly exif?: Buffer;
  readonly brand?: string;
}

/** An image in the codec of an item's type, with the decoder's configuration and its coded pixels. */
type Coded = Omit<HevcImage, "slices"> & { readonly data: Buffer; readonly type: "hvc1" | "av01" };

/** Encodes an image of colours in RGB. */
export function hevcOf(width: number, height: number, colourAt: (x: number, y: number) => Rgb): HevcImage {
  return encodeHevc(width, height, (x, y) => toYcbcr(colourAt(x, y)));
}

/** ITU-R BT.601 in the full range. */
function toYcbcr([red, green, blue]: Rgb): readonly [number, number, number] {
  const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
  const of = (difference: number) => Math.min(255, Math.round(difference + 128));
  return [Math.round(luma), of((blue - luma) / 1.772), of((red - luma) / 1.402)];
}

interface Item {
  readonly type: string;
  readonly data: Buffer;
  /** Indexes of properties, from 1. */
  readonly properties: readonly number[];
}

/** Returns a HEIC file of an image. */
export function heicOf(image: HevcImage, options: HeicOptions = {}): Buffer {
  return heifOf({ ...image, data: image.slices, type: "hvc1" }, options);
}

/** Returns an AVIF that is put together from columns and rows of a tile, an AVIF as sharp writes it, without alpha. */
export async function avifGridOf(tile: Buffer, grid: readonly [columns: number, rows: number]): Promise<Buffer> {
  const { width, height } = await sharp(tile).metadata();
  const [configuration, data] = [contentOf(tile, "av1C"), contentOf(tile, "mdat")];
  return heifOf({ type: "av01", width, height, configuration, data }, { grid, brand: "avif" });
}

/** Names Display P3 by a code (ISO/IEC 14496-12, 12.1.5) in the place of the profile of an AVIF that sharp has written. */
export function withDisplayP3Code(avif: Buffer): Buffer {
  const at = avif.indexOf("colrrICC") + 4;
  avif.write("nclx", at, "latin1");
  // SMPTE EG 432-1, sRGB's curve and BT.601 in the full range (ITU-T H.273).
  for (const [index, code] of [12, 13, 6].entries()) avif.writeUInt16BE(code, at + 4 + 2 * index);
  avif[at + 10] = 0x80;
  return avif;
}

/** Returns what is in the first box of a type. */
function contentOf(file: Buffer, type: string): Buffer {
  const at = file.indexOf(type);
  return file.subarray(at + 4, at - 4 + file.readUInt32BE(at - 4));
}

function heifOf(image: Coded, options: HeicOptions): Buffer {
  const { grid, others = [], primaries = 1, brand = "heic" } = options;
  const properties: Buffer[] = [];
  const property = (bytes: Buffer) => properties.push(bytes);
  const codec = ({ configuration, width, height }: Omit<HevcImage, "slices">) => [
    property(box(image.type === "hvc1" ? "hvcC" : "av1C", configuration)),
    property(sizeBox(width, height)),
  ];
  const items: Item[] = others.map((other) => ({ type: "hvc1", data: other.slices, properties: codec(other) }));

  const coded = codec(image);
  const [columns, rows] = grid ?? [1, 1];
  const size = options.claimed ?? [image.width * columns, image.height * rows];
  const nclx = Buffer.concat([Buffer.from("nclx"), uint(2, primaries, 13, 6), Buffer.of(0x80)]);
  const colours = [
    property(box("colr", nclx)),
    ...(options.profile ? [property(box("colr", Buffer.from("prof"), options.profile))] : []),
  ];
  const described = [
    ...(options.colourOfTiles ? [] : colours),
    ...(options.turns === undefined ? [] : [property(box("irot", Buffer.of(options.turns)))]),
    ...(options.mirror === undefined ? [] : [property(box("imir", Buffer.of(options.mirror)))]),
  ];
  const tiles: number[] = [];
  if (grid) {
    const ofTile = [...coded, ...(options.colourOfTiles ? colours : [])];
    for (let tile = 0; tile < columns * rows; tile++) {
      tiles.push(items.push({ type: image.type, data: image.data, properties: ofTile }));
    }
    const data = Buffer.concat([
      Buffer.of(0, 1, rows - 1, columns - 1),
      uint(4, image.width * columns, image.height * rows),
    ]);
    items.push({ type: "grid", data, properties: [property(sizeBox(...size)), property(depthBox()), ...described] });
  } else {
    const shown = options.claimed ? [coded[0] ?? 0, property(sizeBox(...size))] : coded;
    items.push({ type: image.type, data: image.data, properties: [...shown, ...described] });
  }
  const primary = items.length;
  if (options.exif) items.push({ type: "Exif", data: Buffer.concat([uint(4, 0), options.exif]), properties: [] });

  const references = [
    ...(grid ? [box("dimg", uint(2, primary, tiles.length, ...tiles))] : []),
    ...(options.exif ? [box("cdsc", uint(2, items.length, 1, primary))] : []),
  ];
  const fileType = box("ftyp", Buffer.from(`${brand}\0\0\0\0mif1${brand}`));
  const metaWith = (start: number) =>
    fullBox(
      "meta",
      fullBox("hdlr", uint(4, 0), Buffer.from("pict"), Buffer.alloc(13)),
      fullBox("pitm", uint(2, primary)),
      itemLocations(items, start),
      fullBox("iinf", uint(2, items.length), ...items.map((item, index) => itemInfo(index + 1, item.type))),
      ...(references.length > 0 ? [fullBox("iref", ...references)] : []),
      box("iprp", box("ipco", ...properties), associations(items)),
    );
  const start = fileType.length + metaWith(0).length + 8;
  return Buffer.concat([fileType, metaWith(start), box("mdat", ...new Set(items.map(({ data }) => data)))]);
}

/** Items with the same data are at the same place. */
function itemLocations(items: readonly Item[], start: number): Buffer {
  const places = new Map<Buffer, number>();
  let end = start;
  const entries = items.map(({ data }, index) => {
    const at = places.get(data) ?? end;
    places.set(data, at);
    end = Math.max(end, at + data.length);
    return Buffer.concat([uint(2, index + 1, 0, 1), uint(4, at, data.length)]);
  });
  return fullBox("iloc", Buffer.of(0x44, 0), uint(2, items.length), ...entries);
}

function itemInfo(id: number, type: string): Buffer {
  return box("infe", Buffer.of(2, 0, 0, 0), uint(2, id, 0), Buffer.from(`${type}\0`));
}

function associations(items: readonly Item[]): Buffer {
  const entries = items.map(({ properties }, index) =>
    Buffer.concat([uint(2, index + 1), Buffer.of(properties.length), uint(2, ...properties.map((it) => 0x8000 | it))]),
  );
  // Indexes of 15 bits.
  return box("ipma", Buffer.of(0, 0, 0, 1), uint(4, entries.length), ...entries);
}

function sizeBox(width: number, height: number): Buffer {
  return fullBox("ispe", uint(4, width, height));
}

/** Three channels of 8 bits. */
function depthBox(): Buffer {
  return fullBox("pixi", Buffer.of(3, 8, 8, 8));
}

function fullBox(type: string, ...content: readonly Buffer[]): Buffer {
  return box(type, Buffer.alloc(4), ...content);
}

function box(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([uint(4, body.length + 8), Buffer.from(type, "latin1"), body]);
}

function uint(bytes: 2 | 4, ...values: readonly number[]): Buffer {
  const written = Buffer.alloc(bytes * values.length);
  values.forEach((value, index) => written.writeUIntBE(value, index * bytes, bytes));
  return written;
}
