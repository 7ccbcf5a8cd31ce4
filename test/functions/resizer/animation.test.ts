import assert from "node:assert/strict";
import sharp, { type Sharp } from "sharp";
import { FITS, POSITIONS } from "../../../functions/resizer/settings";
import { FORMATS } from "../../../functions/variant-key";
import { look, make, QUARTERS, quarters, refusalOf } from "./support/images";

const WIDTH = 60;
const HEIGHT = 40;
const FRAMES = 3;
const PIXELS = WIDTH * HEIGHT * FRAMES;
/** The bytes that a frame begins with. */
const GRAPHIC_CONTROL = Buffer.of(0x21, 0xf9, 4);
const DELAYS = [100, 200, 300];

/** An animation of three frames, whose quarters go round by one a frame. */
async function animation(loop = 2): Promise<Sharp> {
  const frames = Array.from({ length: FRAMES }, (_, turn) =>
    quarters(WIDTH, HEIGHT, [...QUARTERS.slice(turn), ...QUARTERS.slice(0, turn)])
      .raw()
      .toBuffer(),
  );
  const raw = { width: WIDTH, height: HEIGHT * FRAMES, channels: 3, pageHeight: HEIGHT } as const;
  const pixels = Buffer.concat(await Promise.all(frames));
  return sharp(await sharp(pixels, { raw }).gif({ loop, delay: DELAYS }).toBuffer(), { animated: true });
}

/** Size and colours of each frame of an image, and its times. */
async function play(bytes: Buffer): Promise<readonly unknown[]> {
  const { pages = 1, delay, loop } = await sharp(bytes).metadata();
  const frames = await Promise.all(Array.from({ length: pages }, (_, page) => look(bytes, page)));
  return [...frames, ...(pages > 1 ? [delay, loop] : [])];
}

const FIRST = "30x20 red green blue yellow";
const ALL = [FIRST, "30x20 green blue yellow red", "30x20 blue yellow red green", DELAYS, 2];

describe("an animation", () => {
  for (const kind of ["gif", "webp"] as const) {
    describe(`in ${kind}`, () => {
      let original: Buffer;

      before(async () => {
        original = await (await animation()).toFormat(kind, { loop: 2, delay: DELAYS }).toBuffer();
      });

      it("keeps its format, all frames, their times and its loops where the key names no format", async () => {
        const image = await make(original, "30w");
        assert.equal(image.format, kind);
        assert.deepEqual(await play(image.bytes), ALL);
      });

      for (const format of FORMATS) {
        it(`has ${format === "webp" ? "all frames" : "its first frame"} in ${format}`, async () => {
          const image = await make(original, `30w.${format}`);
          assert.equal(image.format, format);
          assert.deepEqual(await play(image.bytes), format === "webp" ? ALL : [FIRST]);
        });
      }

      it("has its first frame where all of them are more pixels than one image may have", async () => {
        for (const spec of ["30w", "30w.webp"]) {
          const within = await make(original, spec, { maxInputPixels: PIXELS });
          assert.deepEqual(await play(within.bytes), ALL);
          const beyond = await make(original, spec, { maxInputPixels: PIXELS - 1 });
          assert.deepEqual(await play(beyond.bytes), [FIRST]);
        }
      });

      it("is too large where one frame is", async () => {
        const { code } = await refusalOf(original, "30w", { maxInputPixels: WIDTH * HEIGHT - 1 });
        assert.equal(code, "input-too-large");
      });

      it("is never enlarged", async () => {
        assert.deepEqual(await play((await make(original, "100w")).bytes), [
          ...ALL.slice(0, FRAMES).map((frame) => String(frame).replace("30x20", "60x40")),
          ...ALL.slice(FRAMES),
        ]);
      });

      it("is fitted and cropped as an image is, whatever the stack says", async () => {
        for (const fit of FITS) {
          for (const position of POSITIONS) {
            const { bytes } = await make(original, "20x20", { fit, position });
            const { width, pageHeight, pages } = await sharp(bytes, { animated: true }).metadata();
            const size = { inside: "20x13", outside: "30x20" }[fit as string] ?? "20x20";
            assert.equal(`${width}x${pageHeight} ${pages}`, `${size} ${FRAMES}`, `${fit} ${position}`);
          }
        }
      });
    });
  }

  it("turned by EXIF has its first frame, upright", async () => {
    const original = await (await animation()).webp().withMetadata({ orientation: 6 }).toBuffer();
    assert.equal((await sharp(original).metadata()).pages, FRAMES);
    assert.deepEqual(await play((await make(original, "20w")).bytes), ["20x30 blue red yellow green"]);
  });

  it("keeps its transparency in GIF and WebP, and is white behind it in JPEG", async () => {
    const clear = { create: { width: 40, height: 40, channels: 4, background: "#00000000" } } as const;
    const original = await sharp(clear).gif().toBuffer();
    for (const spec of ["20w", "20w.webp"]) {
      assert.equal((await sharp((await make(original, spec)).bytes).stats()).isOpaque, false, spec);
    }
    assert.equal(await look((await make(original, "20w.jpeg")).bytes), "20x20 white white white white");
  });

  it("cut off ends with its last whole frame, and is damaged where there is none", async () => {
    const original = await (await animation()).toBuffer();
    const starts = [...original.keys()].filter((at) => original.subarray(at, at + 3).equals(GRAPHIC_CONTROL));
    assert.equal(starts.length, FRAMES);
    const [, second = 0, third = 0] = starts;
    for (const [length, whole] of [
      [original.length - 1, 3],
      [original.length - 2, 3],
      [original.length - 3, 2],
      [third + 8, 2],
      [third, 2],
      [third - 2, 1],
      [second, 1],
    ] as const) {
      const { bytes } = await make(original.subarray(0, length), "30w.webp");
      assert.deepEqual((await play(bytes)).slice(0, whole), ALL.slice(0, whole), String(length));
      assert.equal((await sharp(bytes).metadata()).pages ?? 1, whole, String(length));
    }
    for (const length of [6, 13, 60, second - 2]) {
      assert.equal((await refusalOf(original.subarray(0, length))).code, "undecodable-image", String(length));
    }
  });
});

describe("an animated PNG", () => {
  it("has its first image, which every decoder of PNG reads", async () => {
    const still = await quarters(WIDTH, HEIGHT).png().toBuffer();
    const afterIhdr = 33;
    // One more frame of the same pixels as its first, all black, in chunks that a decoder of PNG ignores.
    const black = await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: "black" } })
      .png()
      .toBuffer();
    const idat = black.indexOf("IDAT");
    const data = black.subarray(idat + 4, idat + 4 + black.readUInt32BE(idat - 4));
    const control = (sequence: number) => {
      const content = Buffer.alloc(26);
      [sequence, WIDTH, HEIGHT].forEach((value, index) => content.writeUInt32BE(value, index * 4));
      content.writeUInt16BE(1, 20);
      content.writeUInt16BE(10, 22);
      return content;
    };
    const animated = Buffer.concat([
      still.subarray(0, afterIhdr),
      chunk("acTL", Buffer.from([0, 0, 0, 2, 0, 0, 0, 0])),
      chunk("fcTL", control(0)),
      still.subarray(afterIhdr, -12),
      chunk("fcTL", control(1)),
      chunk("fdAT", Buffer.concat([Buffer.from([0, 0, 0, 2]), data])),
      still.subarray(-12),
    ]);
    for (const spec of ["30w", "30w.webp", "30w.jpeg"]) {
      assert.deepEqual(await play((await make(animated, spec)).bytes), [FIRST]);
    }
  });
});

function chunk(name: string, content: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), content]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(content.length);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

function crc32(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
