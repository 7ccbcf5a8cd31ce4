import assert from "node:assert/strict";
import sharp from "sharp";
import { UserError } from "@image-resizer/lib/user-error";
import { describeImages, middleOf, openImages } from "../lib/images";
import { count, dollars, milliseconds, percent, spreadText, table } from "../lib/markdown";
import { pixelsOf, similarity } from "../lib/ssim";
import { compare, mean, median, playRounds, quantile, spread, sum } from "../lib/rounds";
import { imageOf, sessionOf, Workplace } from "./support";

describe("statistics", () => {
  it("are quantiles between the two nearest numbers, whatever their order", () => {
    assert.equal(median([5, 1, 3]), 3);
    assert.equal(median([4, 1, 3, 2]), 2.5);
    assert.equal(quantile([0, 10], 0.95), 9.5);
    assert.equal(quantile([], 0.5), NaN);
    assert.deepEqual(spread([3, 1, 2]), { median: 2, low: 1, high: 3 });
  });

  it("pair a contender with the floor in the same round, so that a slow round changes nothing", () => {
    const turn = (contender: string, round: number, ms: number) => ({ contender, round, ms });
    // The second round is three times as slow for both.
    const turns = [turn("floor", 1, 10), turn("other", 1, 20), turn("floor", 2, 30), turn("other", 2, 60)];
    const { own, over } = compare(turns, "other", "floor");
    assert.deepEqual(own, [turns[1], turns[3]]);
    assert.deepEqual(
      over((ofRound) => sum(ofRound.map(({ ms }) => ms))),
      { median: 2, low: 2, high: 2 },
    );
    assert.equal(
      over(() => NaN),
      undefined,
    );
    assert.equal(
      compare(turns, "floor", "floor").over(() => 1),
      undefined,
    );
  });

  it("are sums and means", () => {
    assert.deepEqual([sum([1, 2, 3]), mean([1, 2, 6]), sum([]), mean([])], [6, 3, 0, 0]);
  });
});

describe("rounds", () => {
  const plan = { contenders: [{ name: "a" }, { name: "b" }], tasks: ["x", "y"], rounds: 3 };
  /** Plays until so many turns were begun, and returns them, with what was counted. */
  async function play(until: number) {
    const begun: string[] = [];
    const session = sessionOf(() => begun.length >= until);
    const { turns, rounds } = await playRounds(plan, session, ({ name }, task, isWarmUp) => {
      begun.push(`${isWarmUp ? "warm " : ""}${task}${name}`);
      return Promise.resolve({ task });
    });
    return { begun, rounds, counted: turns.map(({ task, contender, round }) => `${round}${task}${contender}`) };
  }

  it("let each contender begin equally often, and do not count the first", async () => {
    const { begun, rounds, counted } = await play(Infinity);
    const first = ["warm xa", "warm xb", "warm ya", "warm yb"];
    assert.deepEqual(begun, [...first, "xb", "xa", "yb", "ya", "xa", "xb", "ya", "yb", "xb", "xa", "yb", "ya"]);
    assert.equal(rounds, 3);
    assert.deepEqual(counted.slice(0, 5), ["1xb", "1xa", "1yb", "1ya", "2xa"]);
  });

  it("that are stopped are kept where they are complete", async () => {
    assert.deepEqual(await play(11), { ...(await play(11)), rounds: 1, counted: ["1xb", "1xa", "1yb", "1ya"] });
    assert.deepEqual((await play(7)).counted, []);
  });
});

describe("Markdown", () => {
  it("has numbers as people write them", () => {
    assert.equal(dollars(0), "$0.00");
    assert.equal(dollars(0.001), "< $0.01");
    assert.equal(dollars(12.345), "$12.35");
    assert.equal(dollars(61_492.4), "$61,492");
    assert.equal(count(300_000), "300,000");
    assert.equal(count(7_200_000), "7.2 million");
    assert.equal(count(1e9), "1 billion");
    assert.equal(percent(0.3215), "32.1 %");
    assert.equal(percent(0.0107), "1.07 %");
    assert.deepEqual([milliseconds(9.94), milliseconds(12.6), milliseconds(undefined)], ["9.9", "13", "–"]);
    assert.equal(spreadText({ median: 1.25, low: 1.2, high: 1.311 }), "1.25 (1.20 to 1.31)");
    assert.equal(spreadText(undefined), "1");
  });

  it("has tables with their numbers to the right", () => {
    const row = { name: "x", value: 1 };
    const drawn = table([row], ["", ({ name }) => name], ["b", ({ value }) => String(value)]);
    assert.equal(drawn, "|  | b |\n| --- | ---: |\n| x | 1 |");
  });
});

describe("the similarity of two images", () => {
  it("is 1 of an image and itself, and falls with the quality", async () => {
    const pixels = await pixelsOf(imageOf(64, 48));
    assert.equal(similarity(pixels, pixels), 1);
    const [low, high] = await Promise.all(
      [20, 90].map(async (quality) => pixelsOf(sharp(await imageOf(64, 48).jpeg({ quality }).toBuffer()))),
    );
    assert.ok(low && high);
    assert.ok(similarity(pixels, low) < similarity(pixels, high));
    assert.ok(similarity(pixels, high) < 1);
  });

  it("is that of Wang's formula, for a window of constant luminance", async () => {
    const flat = (value: number) =>
      pixelsOf(sharp({ create: { width: 11, height: 11, channels: 3, background: { r: value, g: value, b: value } } }));
    // Variances and covariance are 0, so that only the means are left: (2ab + C1) / (a^2 + b^2 + C1).
    const expected = (2 * 100 * 150 + 6.5025) / (100 ** 2 + 150 ** 2 + 6.5025);
    assert.ok(Math.abs(similarity(await flat(100), await flat(150)) - expected) < 1e-9);
  });

  it("is an error for other sizes, and for images smaller than a window", async () => {
    const [wide, high, tiny] = await Promise.all(
      [imageOf(20, 15), imageOf(15, 20), imageOf(10, 10)].map((image) => pixelsOf(image)),
    );
    assert.ok(wide && high && tiny);
    assert.throws(() => similarity(wide, high), /different sizes/);
    assert.throws(() => similarity(tiny, tiny), /10x10 pixels is smaller than a window/);
  });
});

describe("the images of a bench", () => {
  const place = new Workplace();
  const { error } = console;
  const warned: string[] = [];

  beforeEach(() => {
    console.error = (text: string) => warned.push(text);
  });

  afterEach(() => {
    console.error = error;
  });

  after(() => {
    place.remove();
  });

  it("are an error where there is no folder, no image, or none that can be decoded", async () => {
    await assert.rejects(
      openImages(place.path("nowhere")),
      (rejected: Error) =>
        rejected instanceof UserError &&
        rejected.message.startsWith(`The folder ${place.path("nowhere")} cannot be read: ENOENT`),
    );
    await assert.rejects(openImages(place.images), {
      message: `The folder ${place.images} has no images: allowed are .jpg, .jpeg, .png, .webp, .avif files.`,
    });
    place.addFile("broken.jpg", "not an image");
    await assert.rejects(openImages(place.images), {
      message: `None of the 1 images in ${place.images} can be decoded.`,
    });
  });

  it("are those that can be decoded, in the order of their names", async () => {
    await place.addImage("b.jpg", 30, 20);
    await place.addImage("a.jpg", 300, 200);
    const opened = await openImages(place.images);
    assert.deepEqual(
      opened.images.map(({ name, megapixels }) => [name, megapixels]),
      [
        ["a.jpg", 0.06],
        ["b.jpg", 0.0006],
      ],
    );
    assert.equal(warned.at(-1), "left out: broken.jpg: Input file contains unsupported image format");
    assert.equal(middleOf(opened).name, "b.jpg");
    assert.equal(describeImages([{ megapixels: 5.9 }, { megapixels: 20.2 }]), "2 images of 6 to 20 megapixels");
  });
});
