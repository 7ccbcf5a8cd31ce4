import assert from "node:assert/strict";
import { refusalOf } from "./support/images";

const ACCEPTED = "JPEG, PNG, WebP, AVIF, GIF and TIFF images are accepted.";

describe("a file that is no original, whatever its name", () => {
  for (const [bytes, what] of [
    ["", "an empty file"],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', "an SVG drawing"],
    ['\xef\xbb\xbf<?xml version="1.0"?>\n<!-- by hand --><svg width="1"/>', "an SVG drawing"],
    ["<!doctype html><title>x</title><svg></svg>", "an HTML page"],
    ["BM\x46\0\0\0\0\0\0\0\x36\0\0\0", "a BMP image"],
    ["%PDF-1.7\n", "a PDF document"],
    ["\xff\x0a\xfa\x1f", "a JPEG XL image"],
    ["\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL image"],
    ["\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 image"],
    ["\0\0\x01\0\x01\0\x10\x10", "an icon"],
    ["8BPS\0\x01", "a Photoshop document"],
    ["\0\0\0\x18ftypmp42\0\0\0\0mp42isom", "a video"],
    ["\x1aE\xdf\xa3\x9f", "a video"],
    ["\0\0\0\x18ftypmif1\0\0\0\0mif1jpeg", "a HEIF image that is neither HEIC nor AVIF"],
    ["PK\x03\x04\x14\0", "a ZIP archive"],
    ["RIFF\x24\0\0\0WAVEfmt ", "not an image"],
    ["Dear Sir or Madam", "not an image"],
    ["<", "not an image"],
  ] as const) {
    it(`is ${what}: ${JSON.stringify(bytes.slice(0, 24))}`, async () => {
      assert.deepEqual(await refusalOf(Buffer.from(bytes, "latin1")), {
        code: "not-an-image",
        message: `The original is ${what}: ${ACCEPTED}`,
      });
    });
  }
});
