import assert from "node:assert/strict";
import { look, make, metadataIn, quarters } from "./support/images";

/** Variants of 20 pixels in width by the EXIF orientation of their original (Exif 2.32, 4.6.4, tag 274). */
const UPRIGHT = {
  1: "20x13 red green blue yellow",
  2: "20x13 green red yellow blue",
  3: "20x13 yellow blue green red",
  4: "20x13 blue yellow red green",
  5: "20x30 red blue green yellow",
  6: "20x30 blue red yellow green",
  7: "20x30 yellow green blue red",
  8: "20x30 green yellow red blue",
} as const;
/** Boxes of an AVIF that turn and mirror it, beside which its EXIF counts for nothing. */
const BOXES = ["", "imir", "irot", "imir", "irot imir", "irot", "irot imir", "irot"];

describe("an original on its side", () => {
  for (const format of ["jpeg", "png", "webp", "avif", "tiff"] as const) {
    it(`in ${format} is turned upright once, and tells nobody where it was taken`, async () => {
      for (const [text, expected] of Object.entries(UPRIGHT)) {
        const orientation = Number(text);
        const original = await quarters(60, 40)
          .withExif({ IFD0: { Copyright: "somebody" }, IFD3: { GPSLatitudeRef: "N", GPSLatitude: "59/1 19/1 46/1" } })
          .withMetadata({ orientation })
          .toFormat(format, format === "tiff" ? { compression: "lzw" } : {})
          .toBuffer();
        if (format === "avif") {
          const boxes = ["irot", "imir"].filter((box) => original.includes(box)).join(" ");
          assert.equal(boxes, BOXES[orientation - 1]);
        }
        for (const spec of ["20w", "20w.png", "20w.webp"]) {
          const { bytes } = await make(original, spec);
          assert.equal(await look(bytes), expected, `orientation ${orientation}, ${spec}`);
          assert.deepEqual(await metadataIn(bytes), []);
        }
      }
    });
  }
});
