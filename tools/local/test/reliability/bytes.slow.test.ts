import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import sharp from "sharp";
import { FORMATS } from "../../../../functions/variant-key";
import { quietly } from "../../../../test/support/quietly";
import { frameBomb, scanBomb, textBomb } from "./support/bombs";
import { corruptOriginals } from "./support/corruptions";
import { avifClaiming, jpegClaiming, NO_IMAGES, pngBomb, webpClaiming } from "./support/hostile-files";
import { assertVariant, quarters, storedAs } from "./support/images";
import { oddImages } from "./support/odd-images";
import { ask, errorCode, openBench, type ResizerBench } from "./support/resizer-bench";

const CORRUPTIONS = 200;

describe("the resizer, with any bytes for an original", () => {
  let bench: ResizerBench;
  let sound: Buffer;
  let number = 0;

  before(async () => {
    bench = await openBench({ stack: "prod" });
    sound = await (await quarters(400, 300)).jpeg().toBuffer();
  });

  after(() => bench.close());

  /** Puts the bytes as an original and requests a variant: the status, and the variant if one was stored. */
  async function request(bytes: Buffer, spec = "320w", file = "a.jpg") {
    const folder = `original-${number++}`;
    await bench.put(`${folder}/${file}`, bytes);
    const { result } = await quietly(() => ask(bench.handler, `key=${folder}/${spec}/${file}`));
    const stored = (await bench.keys()).filter((key) => key.startsWith(`${folder}/${spec}/`));
    const [key] = stored;
    const object =
      key === undefined
        ? undefined
        : await bench.administrator.send(new GetObjectCommand({ Bucket: bench.settings.bucket, Key: key }));
    return {
      status: `${result.statusCode ?? 0} ${errorCode(result) ?? ""}`.trim(),
      type: object?.ContentType,
      variant: object && Buffer.from((await object.Body?.transformToByteArray()) ?? []),
    };
  }

  /** Asserts that a 640 x 480 original leads to a right variant of 320 x 240. */
  async function assertResized(original: Buffer, { grey = false } = {}): Promise<void> {
    const { status, variant } = await request(original);
    assert.equal(status, "301");
    await assertVariant(variant ?? Buffer.alloc(0), { width: 320, height: 240, grey });
  }

  async function assertRejected(bytes: Buffer, ...statuses: readonly string[]): Promise<void> {
    const { status, variant } = await request(bytes);
    assert.ok(statuses.includes(status), status);
    assert.equal(variant, undefined);
  }

  // The same process serves the next request.
  afterEach(async () => {
    const { status, variant } = await request(sound);
    assert.equal(status, "301");
    assert.ok(variant);
  });

  for (const format of FORMATS) {
    it(`rejects a ${format} that ends early, at every tenth of its length`, async () => {
      const whole = await (await quarters(400, 300)).toFormat(format).toBuffer();
      for (let tenth = 1; tenth < 10; tenth++) {
        await assertRejected(whole.subarray(0, Math.floor((whole.length * tenth) / 10)), "422 undecodable-image");
      }
    });

    const seed = randomInt(1, 2 ** 31);
    it(`rejects or resizes each of ${CORRUPTIONS} damaged ${format}s (seed ${seed})`, async () => {
      const statuses = await corruptOriginals(format, bench.settings, seed, CORRUPTIONS);
      assert.ok((statuses.get("422 undecodable-image") ?? 0) > 0);
    });
  }

  for (const [what, bytes] of Object.entries(NO_IMAGES)) {
    it(`rejects ${what} called .jpg`, () => assertRejected(bytes, "415 not-an-image"));
  }

  it("accepts sound images that break a standard", async () => {
    for (const [what, bytes] of Object.entries(await oddImages())) {
      assert.equal((await request(bytes)).status, "301", what);
    }
  });

  it("rejects a PNG of 30,000 x 30,000 pixels in a hundred kilobytes", async () => {
    const bomb = pngBomb(30_000, 30_000);
    assert.ok(bomb.length < 1_000_000);
    await assertRejected(bomb, "413 input-too-large");
  });

  it("rejects files that claim more pixels than the stack accepts", async () => {
    const image = await quarters(400, 300);
    await assertRejected(jpegClaiming(await image.clone().jpeg().toBuffer(), 65_500, 65_500), "413 input-too-large");
    await assertRejected(webpClaiming(await image.clone().webp().toBuffer(), 16_383, 16_383), "413 input-too-large");
    await assertRejected(avifClaiming(await image.clone().avif().toBuffer(), 65_500, 65_500), "413 input-too-large");
  });

  it("rejects legal files whose decoding would never end, or take all memory", async () => {
    await assertRejected(scanBomb(4000, 4000, 800), "413 input-too-large");
    await assertRejected(await frameBomb(400_000), "413 input-too-large");
    await assertRejected(pngBomb(1_000_000, 49), "413 input-too-large");
  });

  it("resizes a PNG with a hundred texts of 8 MB, without inflating them", async () => {
    await assertResized(textBomb(await (await quarters(640, 480)).png().toBuffer(), 100));
  });

  const unusual: Readonly<Record<string, (image: sharp.Sharp) => sharp.Sharp>> = {
    "a CMYK JPEG": (image) => image.toColourspace("cmyk").jpeg({ quality: 95 }),
    "a progressive JPEG": (image) => image.jpeg({ progressive: true }),
    "a PNG of 16 bits": (image) => image.toColourspace("rgb16").png(),
    "an interlaced PNG": (image) => image.png({ progressive: true }),
    "a PNG with a palette": (image) => image.png({ palette: true }),
    "a JPEG in Display P3": (image) => image.withIccProfile("p3").jpeg({ quality: 95 }),
    "a lossless WebP": (image) => image.webp({ lossless: true }),
    "an AVIF of 10 bits": (image) => image.avif({ bitdepth: 10 }),
    "a grey JPEG": (image) => image.toColourspace("b-w").jpeg(),
    "a grey PNG with transparency": (image) => image.toColourspace("b-w").ensureAlpha(0.5).png(),
    "a grey PNG of 16 bits": (image) => image.toColourspace("grey16").png(),
  };
  for (const [what, encode] of Object.entries(unusual)) {
    it(`resizes ${what}`, async () => {
      await assertResized(await encode(await quarters(640, 480)).toBuffer(), { grey: what.includes("grey") });
    });
  }

  it("resizes an image of one bit a pixel", async () => {
    const { status, variant } = await request(pngBomb(640, 480));
    assert.equal(status, "301");
    const { width, height } = await sharp(variant).metadata();
    assert.deepEqual([width, height], [320, 240]);
    assert.deepEqual((await sharp(variant).stats()).channels.map(({ max }) => max)[0], 0);
  });

  it("rotates an image upright from each of EXIF's eight orientations", async () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      await assertResized(await storedAs(orientation, 640, 480));
    }
  });

  it("reads the type from the bytes where the name says another", async () => {
    const { status, type } = await request(await (await quarters(640, 480)).png().toBuffer(), "320w", "a.jpg");
    assert.deepEqual([status, type], ["301", "image/png"]);
  });

  for (const [original, spec, expected] of [
    [[1, 1], "320w", [1, 1]],
    [[1, 1], "200x150", [1, 1]],
    [[1, 5000], "320w", [1, 5000]],
    [[1, 5000], "480h", [1, 480]],
    [[1, 5000], "200x150", [1, 150]],
    [[5000, 1], "320w", [320, 1]],
    [[5000, 1], "480h", [5000, 1]],
  ] as const) {
    it(`resizes ${original.join(" x ")} to ${spec} as ${expected.join(" x ")}`, async () => {
      const [width, height] = original;
      const line = await sharp({ create: { width, height, channels: 3, background: "teal" } })
        .jpeg()
        .toBuffer();
      const { status, variant } = await request(line, spec);
      assert.equal(status, "301");
      const made = await sharp(variant).metadata();
      assert.deepEqual([made.width, made.height], expected);
    });
  }
});
