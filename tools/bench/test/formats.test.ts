import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { RESULTS } from "../main";
import { encodersOf, LOSSY } from "../formats/encoders";
import { type Encoded, matchScore } from "../formats/match";
import { bestEncoder, CHOSEN_AT, CLIENTS, downloadMs, encodingMs, priceOf } from "../formats/price";
import { type FormatsMeasured, readDefaults } from "../formats/run";
import { assertAbout, imageOf } from "./support";

describe("the bytes at which an encoder has a score", () => {
  /** An encoder of exactly known behaviour; `tried` becomes the qualities that it is tried at. */
  function encoder(tried: number[] = []) {
    return (quality: number): Promise<Encoded> => {
      tried.push(quality);
      return Promise.resolve({ bytes: 1000 * 2 ** (quality / 10), score: quality, cpuMs: quality });
    };
  }

  it("are between two close qualities, wherever the search begins", async () => {
    for (const guess of [1, 50, 70, 71, 100]) {
      const match = await matchScore(encoder(), 70.25, guess);
      assertAbout(match?.quality, 70.25);
      assertAbout(match?.bytes, 1000 * 2 ** 7.025);
      assertAbout(match?.cpuMs, 70.25);
    }
  });

  it("need few encodings from a good guess", async () => {
    const tried: number[] = [];
    await matchScore(encoder(tried), 70.25, 72);
    assert.deepEqual(tried, [72, 68]);
  });

  it("are none where no quality is that low or that high", async () => {
    assert.equal(await matchScore(encoder(), 0.5, 50), undefined);
    assert.equal(await matchScore(encoder(), 150, 50), undefined);
  });
});

describe("the price of a variant", () => {
  const encoding = { memorySize: 1024, architecture: "arm64" } as const;
  const variant = { cpuMs: 100, bytes: 50_000 };

  it("is of one encoding, and of every download", () => {
    assertAbout(encodingMs(variant, encoding), (100 * 1769) / 1024);
    assert.equal(downloadMs(variant), 40);
    const price = priceOf(variant, 1_000, encoding);
    assertAbout(price.encoding, 0.1 * (1769 / 1024) * 0.0000133334);
    assertAbout(price.firstWait, 0.1 * (1769 / 1024) * CLIENTS.dollarsPerSecond);
    assertAbout(price.transfer, (0.085 * 50e6) / 1024 ** 3);
    assertAbout(price.downloading, 40 * CLIENTS.dollarsPerSecond);
    assertAbout(price.sum, price.encoding + price.firstWait + price.transfer + price.downloading);
  });

  it("is the same for more memory than one vCPU's, but for the memory", () => {
    assert.equal(encodingMs(variant, { ...encoding, memorySize: 3008 }), 100);
  });
});

describe("the choice of the defaults", () => {
  const result = JSON.parse(readFileSync(path.join(RESULTS, "formats.json"), "utf8")) as FormatsMeasured;

  it("is the best of the kept result at a thousand downloads, and what the program has now", async () => {
    const { settings } = await readDefaults();
    const defaults = encodersOf(settings).filter(({ isDefault }) => isDefault);
    assert.deepEqual(
      defaults.map(({ name }) => name),
      LOSSY.map((format) => bestEncoder(result, format, CHOSEN_AT)),
    );
  });

  it("is the fastest of sums that are alike, and never one that is too slow", () => {
    const slow = result.rows.map((row) => ({ ...row, cpuMs: 1e6 }));
    assert.equal(bestEncoder({ ...result, rows: slow }, "jpeg", CHOSEN_AT), undefined);
    const alike = result.rows.map((row) => ({ ...row, ratio: { median: 1, low: 1, high: 1 } }));
    assert.equal(bestEncoder({ ...result, rows: alike }, "jpeg", CHOSEN_AT), "JPEG, progressive");
  });
});

describe("the encoders of the formats bench", () => {
  it("are each another one, in their format, with more bytes at a higher quality", async () => {
    const settings = { quality: { jpeg: 80, webp: 80, avif: 55 }, effort: { webp: 4, avif: 2 } };
    const encoders = encodersOf(settings);
    assert.equal(new Set(encoders.map(({ name }) => name)).size, encoders.length);
    for (const { name, format, encode } of encoders) {
      const [low, high] = await Promise.all([30, 90].map((quality) => encode(imageOf(64, 48), quality).toBuffer()));
      assert.ok((low?.length ?? 0) < (high?.length ?? 0), name);
      const decoded = await sharp(high).metadata();
      assert.equal(decoded.format === "heif" ? "avif" : decoded.format, format, name);
    }
  });
});
