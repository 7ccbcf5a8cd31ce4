import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { ssim } from "ssim.js";
import { bestEncoder } from "../bytes/choice";
import { readDefaults } from "../bytes/defaults";
import { encodersOf, LOSSY } from "../bytes/encoders";
import { matchSimilarity, type Tried } from "../bytes/match";
import { CHOSEN_AT, downloadMs, encodingMs, priceOf, WAITING } from "../bytes/price";
import type { BytesResult } from "../bytes/result";
import { RESULTS } from "../kit/files";
import { luminanceOf, similarity } from "../kit/similarity";
import { paintLandscape } from "@image-resizer/local/sample-images/landscape";

const SCENE = {
  seed: 3,
  sky: [90, 130, 190],
  horizon: [220, 215, 200],
  ground: [80, 90, 50],
  horizonAt: 0.4,
} as const;

function picture(width = 200, height = 150): sharp.Sharp {
  return sharp(paintLandscape(SCENE, width, height), { raw: { width, height, channels: 3 } });
}

describe("the similarity of two pictures", () => {
  it("is what ssim.js makes of them at full resolution", async () => {
    const file = await picture().jpeg({ quality: 40 }).toBuffer();
    const ours = similarity(await luminanceOf(picture()), await luminanceOf(sharp(file)));
    const theirs = ssim(await rgba(picture()), await rgba(sharp(file)), { downsample: false }).mssim;
    assert.ok(Math.abs(ours - theirs) < 1e-6, `${ours} and ${theirs}`);
    assert.ok(ours < 0.99);
  });

  it("is 1 of a picture and itself, and there is none of other sizes", async () => {
    const luminance = await luminanceOf(picture());
    assert.equal(similarity(luminance, luminance), 1);
    assert.throws(() => similarity({ ...luminance, width: 150, height: 200 }, luminance), /different sizes/);
    const tiny = { data: new Uint8Array(100), width: 10, height: 10 };
    assert.throws(() => similarity(tiny, tiny), /10x10 is smaller than a window/);
  });
});

describe("the bytes at which an encoder is as similar as was asked", () => {
  /** An encoder of exactly known behaviour: `asked` lists the qualities that were tried. */
  function encoder(asked: number[] = []) {
    return (quality: number): Promise<Tried> => {
      asked.push(quality);
      return Promise.resolve({ bytes: 1000 * 2 ** (quality / 10), ssim: quality / 100, cpuMs: quality });
    };
  }

  it("lie between two neighbouring qualities, from wherever the search begins", async () => {
    for (const guess of [1, 50, 70, 71, 100]) {
      const match = await matchSimilarity(encoder(), 0.7025, guess);
      assert.ok(match);
      assert.ok(Math.abs(match.quality - 70.25) < 1e-9, String(match.quality));
      assert.ok(Math.abs(match.bytes - 1000 * 2 ** 7.025) < 1e-6, String(match.bytes));
      assert.ok(Math.abs(match.cpuMs - 70.25) < 1e-9);
    }
  });

  it("are found with few files from a good guess", async () => {
    const asked: number[] = [];
    await matchSimilarity(encoder(asked), 0.7025, 72);
    assert.ok(asked.length <= 4, asked.join(" "));
  });

  it("are none where no quality is that low or that high", async () => {
    assert.equal(await matchSimilarity(encoder(), 0.005, 50), undefined);
    assert.equal(await matchSimilarity(encoder(), 1.5, 50), undefined);
  });
});

describe("the price of a variant", () => {
  const encoding = { memorySize: 1024, architecture: "arm64" } as const;
  const variant = { cpuMs: 100, bytes: 50_000 };

  it("is made once, and downloaded again and again", () => {
    assert.ok(Math.abs(encodingMs(variant, encoding) - (100 * 1769) / 1024) < 1e-9);
    assert.equal(downloadMs(variant), 40);
    const { making, firstWait, transfer, downloading, sum } = priceOf(variant, 1_000, encoding);
    assert.ok(Math.abs(making - 0.1 * (1769 / 1024) * 0.0000133334) < 1e-12);
    assert.ok(Math.abs(firstWait - 0.1 * (1769 / 1024) * WAITING.dollarsPerSecond) < 1e-12);
    assert.ok(Math.abs(transfer - (0.085 * 50e6) / 1024 ** 3) < 1e-12);
    assert.ok(Math.abs(downloading - 40 * WAITING.dollarsPerSecond) < 1e-12);
    assert.ok(Math.abs(sum - making - firstWait - transfer - downloading) < 1e-15);
  });

  it("is the same for more memory than one vCPU's, but for the memory", () => {
    assert.equal(encodingMs(variant, { ...encoding, memorySize: 3008 }), 100);
  });
});

describe("the choice of the defaults", () => {
  const result = JSON.parse(readFileSync(path.join(RESULTS, "bytes.json"), "utf8")) as BytesResult;

  it("is what the kept result says at a thousand downloads, and what the program has now", async () => {
    const { settings } = await readDefaults();
    const defaults = encodersOf(settings).filter(({ isDefault }) => isDefault);
    assert.deepEqual(
      defaults.map(({ name }) => name),
      LOSSY.map((format) => bestEncoder(result, format, CHOSEN_AT)),
    );
  });

  it("is the quickest of sums that are alike, and none that is never ready", () => {
    const rows = (cpuMs: number) => result.rows.map((row) => ({ ...row, cpuMs }));
    assert.equal(bestEncoder({ ...result, rows: rows(1e6) }, "jpeg", CHOSEN_AT), undefined);
    const alike = result.rows.map((row) => ({ ...row, ratio: { median: 1, low: 1, high: 1 } }));
    assert.equal(bestEncoder({ ...result, rows: alike }, "jpeg", CHOSEN_AT), "JPEG, progressive");
  });
});

describe("the encoders that are measured", () => {
  it("are each another one, and open their quality", async () => {
    const settings = { quality: { jpeg: 80, webp: 80, avif: 55 }, effort: { webp: 4, avif: 2 } };
    const encoders = encodersOf(settings);
    assert.equal(new Set(encoders.map(({ name }) => name)).size, encoders.length);
    for (const { name, format, encode } of encoders) {
      const [low, high] = await Promise.all([30, 90].map((quality) => encode(picture(64, 48), quality).toBuffer()));
      assert.ok((low?.length ?? 0) < (high?.length ?? 0), name);
      const decoded = await sharp(high).metadata();
      assert.equal(decoded.format === "heif" ? "avif" : decoded.format, format, name);
    }
  });
});

async function rgba(image: sharp.Sharp) {
  const { data, info } = await image.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data: new Uint8ClampedArray(data), width: info.width, height: info.height };
}
