import assert from "node:assert/strict";
import { readSettings } from "../../../functions/resizer/settings";

const ENVIRONMENT = {
  BUCKET: "photos",
  DELIVERY: "redirect",
  CDN_URL: "https://d1.cloudfront.net",
  ALLOWED_SIZES: "360x270,640w",
  ALLOW_UNLISTED_SIZES: "false",
  ALLOWED_FORMATS: "webp,avif",
  MAX_DIMENSION: "4096",
  JPEG_QUALITY: "80",
  WEBP_QUALITY: "75",
  AVIF_QUALITY: "50",
  WEBP_EFFORT: "3",
  AVIF_EFFORT: "1",
  FIT: "cover",
  POSITION: "attention",
  MAX_INPUT_BYTES: "1000",
  MAX_INPUT_PIXELS: "2000",
  CACHE_CONTROL: "public, max-age=60",
  EXPIRE_VARIANTS: "true",
};

describe("readSettings", () => {
  it("reads every variable", () => {
    assert.deepEqual(readSettings(ENVIRONMENT), {
      bucket: "photos",
      missAnswer: { delivery: "redirect", cdnUrl: "https://d1.cloudfront.net" },
      allowList: { sizes: ["360x270", "640w"], formats: ["webp", "avif"], maxDimension: 4096 },
      quality: { jpeg: 80, webp: 75, avif: 50 },
      effort: { webp: 3, avif: 1 },
      fit: "cover",
      position: "attention",
      maxInputBytes: 1000,
      maxInputPixels: 2000,
      cacheControl: "public, max-age=60",
      expireVariants: true,
    });
  });

  it("takes any size where unlisted ones are allowed, and no format where none is listed", () => {
    const settings = readSettings({
      ...ENVIRONMENT,
      ALLOWED_SIZES: "",
      ALLOW_UNLISTED_SIZES: "true",
      ALLOWED_FORMATS: "",
    });
    assert.deepEqual(settings.allowList, { sizes: "any", formats: [], maxDimension: 4096 });
  });

  it("is told where metrics go, or keeps none", () => {
    assert.equal("metrics" in readSettings(ENVIRONMENT), false);
    const monitored = { ...ENVIRONMENT, METRICS_NAMESPACE: "image-resizer", METRICS_STACK: "prod" };
    assert.deepEqual(readSettings(monitored).metrics, { namespace: "image-resizer", stack: "prod" });
    assert.throws(() => readSettings({ ...monitored, METRICS_NAMESPACE: "AWS/Lambda", METRICS_STACK: undefined }), {
      message:
        'The resizer\'s environment is wrong: METRICS_NAMESPACE is "AWS/Lambda": expected a namespace of ' +
        "CloudWatch's, none of AWS's own; METRICS_STACK is missing: expected the name of a stack.",
    });
  });

  it("needs no CDN where it is the CDN that asks", () => {
    const { missAnswer } = readSettings({ ...ENVIRONMENT, DELIVERY: "failover", CDN_URL: undefined });
    assert.deepEqual(missAnswer, { delivery: "failover" });
  });

  for (const name of Object.keys(ENVIRONMENT)) {
    it(`names ${name} when it is missing`, () => {
      assert.throws(
        () => readSettings({ ...ENVIRONMENT, [name]: undefined }),
        new RegExp(`: ${name} is missing: expected `),
      );
    });
  }

  for (const [name, value] of [
    ["BUCKET", ""],
    ["CDN_URL", "d1.cloudfront.net"],
    ["CDN_URL", "https://d1.cloudfront.net/"],
    ["CDN_URL", "ftp://d1.cloudfront.net"],
    ["ALLOWED_SIZES", ""],
    ["ALLOWED_SIZES", "640"],
    ["ALLOWED_SIZES", "640w, 360x270"],
    ["ALLOWED_FORMATS", "jpg"],
    ["ALLOW_UNLISTED_SIZES", "yes"],
    ["MAX_DIMENSION", "0"],
    ["JPEG_QUALITY", "101"],
    ["AVIF_QUALITY", "50.5"],
    ["DELIVERY", "proxy"],
    ["WEBP_EFFORT", "7"],
    ["AVIF_EFFORT", "-1"],
    ["FIT", "crop"],
    ["POSITION", "middle"],
    ["MAX_INPUT_PIXELS", "1e6"],
  ] as const) {
    it(`names ${name} when it is ${JSON.stringify(value)}`, () => {
      assert.throws(() => readSettings({ ...ENVIRONMENT, [name]: value }), {
        message: new RegExp(
          `^The resizer's environment is wrong: ${name} is ${JSON.stringify(value)}: expected [^;]+\\.$`,
        ),
      });
    });
  }

  it("names every problem at once", () => {
    assert.throws(
      () => readSettings({ ...ENVIRONMENT, FIT: "crop", BUCKET: undefined }),
      /BUCKET is missing.*; FIT is "crop"/,
    );
  });
});
