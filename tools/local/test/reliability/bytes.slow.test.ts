import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import sharp from "sharp";
import { FORMATS } from "../../../../functions/variant-key";
import { corruptOriginals } from "./support/corruptions";
import { avifClaiming, jpegClaiming, NO_IMAGES, pngBomb, webpClaiming } from "./support/hostile-files";
import { oddPictures } from "./support/odd-pictures";
import { assertRightPicture, heldAs, quarters } from "./support/pictures";
import { ask, errorCode, openBench, quietly, type ResizerBench } from "./support/resizer-bench";

const CORRUPTIONS = 500;

describe("the resizer, given any bytes for an original", () => {
  let bench: ResizerBench;
  let sound: Buffer;
  let number = 0;

  before(async () => {
    bench = await openBench({ stack: "prod" });
    sound = await (await quarters(400, 300)).jpeg().toBuffer();
  });

  after(() => bench.close());

  /** Puts the bytes as an original and asks for a variant: the answer, and the variant if one was stored. */
  async function make(bytes: Buffer, spec = "320w", file = "a.jpg") {
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

  async function assertRefused(bytes: Buffer, ...statuses: readonly string[]): Promise<void> {
    const { status, variant } = await make(bytes);
    assert.ok(statuses.includes(status), status);
    assert.equal(variant, undefined);
  }

  /** The next request of the same process is answered. */
  afterEach(async () => {
    const { status, variant } = await make(sound);
    assert.equal(status, "301");
    assert.ok(variant);
  });

  for (const format of FORMATS) {
    it(`refuses a ${format} that ends early, at every tenth of its length`, async () => {
      const whole = await (await quarters(400, 300)).toFormat(format).toBuffer();
      for (let tenth = 1; tenth < 10; tenth++) {
        await assertRefused(whole.subarray(0, Math.floor((whole.length * tenth) / 10)), "422 undecodable-image");
      }
    });

    const seed = randomInt(1, 2 ** 31);
    it(`refuses or makes a picture of each of ${CORRUPTIONS} damaged ${format}s (seed ${seed})`, async () => {
      const statuses = await corruptOriginals(format, bench.settings, seed, CORRUPTIONS);
      assert.ok((statuses.get("422 undecodable-image") ?? 0) > 0);
    });
  }

  for (const [what, bytes] of Object.entries(NO_IMAGES)) {
    it(`refuses ${what} called .jpg`, () => assertRefused(bytes, "415 not-an-image"));
  }

  it("takes pictures that are sound and odd, but for a JPEG with stray bytes between its headers", async () => {
    for (const [what, bytes] of Object.entries(await oddPictures())) {
      const { status } = await make(bytes);
      assert.equal(
        status,
        what === "a JPEG with stray bytes between its headers" ? "422 undecodable-image" : "301",
        what,
      );
    }
  });

  it("refuses an animated GIF, which is no format of originals", async () => {
    const frames = [
      await (await quarters(40, 30)).png().toBuffer(),
      await (await quarters(40, 30)).negate().png().toBuffer(),
    ];
    await assertRefused(
      await sharp(frames, { join: { animated: true } })
        .gif()
        .toBuffer(),
      "415 not-an-image",
    );
  });

  it("refuses a PNG of 30,000 x 30,000 pixels in a hundred kilobytes", async () => {
    const bomb = pngBomb(30_000, 30_000);
    assert.ok(bomb.length < 1_000_000);
    await assertRefused(bomb, "413 input-too-large");
  });

  it("refuses files that claim more pixels than the stack takes, whatever they hold", async () => {
    const picture = await quarters(400, 300);
    await assertRefused(jpegClaiming(await picture.clone().jpeg().toBuffer(), 65_500, 65_500), "413 input-too-large");
    await assertRefused(webpClaiming(await picture.clone().webp().toBuffer(), 16_383, 16_383), "413 input-too-large");
    await assertRefused(avifClaiming(await picture.clone().avif().toBuffer(), 65_500, 65_500), "413 input-too-large");
  });

  const colours: Readonly<Record<string, (picture: sharp.Sharp) => sharp.Sharp>> = {
    "a CMYK JPEG": (picture) => picture.toColourspace("cmyk").jpeg({ quality: 95 }),
    "a progressive JPEG": (picture) => picture.jpeg({ progressive: true }),
    "a PNG of 16 bits": (picture) => picture.toColourspace("rgb16").png(),
    "an interlaced PNG": (picture) => picture.png({ progressive: true }),
    "a PNG with a palette": (picture) => picture.png({ palette: true }),
    "a JPEG in Display P3": (picture) => picture.withIccProfile("p3").jpeg({ quality: 95 }),
    "a lossless WebP": (picture) => picture.webp({ lossless: true }),
    "an AVIF of 10 bits": (picture) => picture.avif({ bitdepth: 10 }),
  };
  for (const [what, encode] of Object.entries(colours)) {
    it(`makes a right picture of ${what}`, async () => {
      const { status, variant } = await make(await encode(await quarters(640, 480)).toBuffer());
      assert.equal(status, "301");
      await assertRightPicture(variant ?? Buffer.alloc(0), { width: 320, height: 240 });
    });
  }

  const greys: Readonly<Record<string, (picture: sharp.Sharp) => sharp.Sharp>> = {
    "a grey JPEG": (picture) => picture.toColourspace("b-w").jpeg(),
    "a grey PNG with transparency": (picture) => picture.toColourspace("b-w").ensureAlpha(0.5).png(),
    "a grey PNG of 16 bits": (picture) => picture.toColourspace("grey16").png(),
  };
  for (const [what, encode] of Object.entries(greys)) {
    it(`makes a right picture of ${what}`, async () => {
      const { status, variant } = await make(await encode(await quarters(640, 480)).toBuffer());
      assert.equal(status, "301");
      await assertRightPicture(variant ?? Buffer.alloc(0), { width: 320, height: 240, grey: true });
    });
  }

  it("makes a picture of one bit a pixel", async () => {
    const { status, variant } = await make(pngBomb(640, 480));
    assert.equal(status, "301");
    const { width, height } = await sharp(variant).metadata();
    assert.deepEqual([width, height], [320, 240]);
    assert.deepEqual((await sharp(variant).stats()).channels.map(({ max }) => max)[0], 0);
  });

  it("turns a picture upright from each of EXIF's eight orientations", async () => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const { status, variant } = await make(await heldAs(orientation, 640, 480));
      assert.equal(status, "301", `orientation ${orientation}`);
      await assertRightPicture(variant ?? Buffer.alloc(0), { width: 320, height: 240 });
    }
  });

  it("makes a still of an animated WebP's first frame", async () => {
    const frames = [
      await (await quarters(640, 480)).png().toBuffer(),
      await (await quarters(640, 480)).negate().png().toBuffer(),
    ];
    const animated = await sharp(frames, { join: { animated: true } })
      .webp()
      .toBuffer();
    assert.equal((await sharp(animated).metadata()).pages, 2);
    const { status, variant } = await make(animated);
    assert.equal(status, "301");
    await assertRightPicture(variant ?? Buffer.alloc(0), { width: 320, height: 240 });
  });

  it("takes the type from the bytes where the name says another", async () => {
    const { status, type } = await make(await (await quarters(640, 480)).png().toBuffer(), "320w", "a.jpg");
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
    it(`makes ${spec} of ${original.join(" x ")} as ${expected.join(" x ")}`, async () => {
      const [width, height] = original;
      const line = await sharp({ create: { width, height, channels: 3, background: "teal" } })
        .jpeg()
        .toBuffer();
      const { status, variant } = await make(line, spec);
      assert.equal(status, "301");
      const made = await sharp(variant).metadata();
      assert.deepEqual([made.width, made.height], expected);
    });
  }
});
