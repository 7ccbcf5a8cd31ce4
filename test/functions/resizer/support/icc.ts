import type { Rgb } from "./images";

/** Colours of the profile connection space, under D50. */
const WHITE: Rgb = [0.9642, 1, 0.8249];
/** Primaries of Adobe RGB (1998) under D50 (its specification, annex B.4). */
const ADOBE_PRIMARIES: Readonly<Record<string, Rgb>> = {
  rXYZ: [0.60974, 0.31111, 0.01947],
  gXYZ: [0.20528, 0.62567, 0.06087],
  bXYZ: [0.14919, 0.06322, 0.74457],
};

/** Returns the ICC profile of Adobe RGB (1998). */
export function adobeRgbProfile(): Buffer {
  const colorants = Object.entries(ADOBE_PRIMARIES).map(([name, xyz]): Tag => [name, xyzTag(xyz)]);
  const curves = ["rTRC", "gTRC", "bTRC"].map((name): Tag => [name, curveTag(563 / 256)]);
  return profile("RGB ", [...colorants, ...curves]);
}

/** Returns the ICC profile of grey with a gamma. */
export function greyProfile(gamma: number): Buffer {
  return profile("GRAY", [["kTRC", curveTag(gamma)]]);
}

type Tag = readonly [name: string, content: Buffer];

/** ICC.1:2001-04 (version 2.4), 6.1 to 6.3: a header, a table of tags, the tags. */
function profile(space: string, tags: readonly Tag[]): Buffer {
  const description = Buffer.alloc(100);
  description.write("desc", 0, "latin1");
  description.writeUInt32BE(1, 8);
  const text = Buffer.from("text\0\0\0\0none\0\0\0\0", "latin1");
  const all: Tag[] = [["desc", description], ["cprt", text], ["wtpt", xyzTag(WHITE)], ...tags];
  const header = Buffer.alloc(128);
  header.writeUInt32BE(0x02400000, 8);
  header.write(`mntr${space}XYZ `, 12, "latin1");
  header.write("acsp", 36, "latin1");
  WHITE.forEach((value, index) => header.writeInt32BE(fixed(value), 68 + 4 * index));
  const table = Buffer.alloc(4 + 12 * all.length);
  table.writeUInt32BE(all.length);
  let at = header.length + table.length;
  all.forEach(([name, content], index) => {
    table.write(name, 4 + 12 * index, "latin1");
    table.writeUInt32BE(at, 8 + 12 * index);
    table.writeUInt32BE(content.length, 12 + 12 * index);
    at += content.length;
  });
  header.writeUInt32BE(at);
  return Buffer.concat([header, table, ...all.map(([, content]) => content)]);
}

function xyzTag(xyz: Rgb): Buffer {
  const tag = Buffer.alloc(20);
  tag.write("XYZ ", 0, "latin1");
  xyz.forEach((value, index) => tag.writeInt32BE(fixed(value), 8 + 4 * index));
  return tag;
}

function curveTag(gamma: number): Buffer {
  const tag = Buffer.alloc(16);
  tag.write("curv", 0, "latin1");
  tag.writeUInt32BE(1, 8);
  tag.writeUInt16BE(Math.round(gamma * 256), 12);
  return tag;
}

/** A number of 16 bits before the point and 16 after it. */
function fixed(value: number): number {
  return Math.round(value * 65_536);
}
