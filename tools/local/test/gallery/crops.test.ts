import assert from "node:assert/strict";
import sharp from "sharp";
import { cropsOf, dimensionsOf, preview } from "../../gallery/crops";

describe("crops of an original", () => {
  const SETTINGS = { fit: "cover", position: "centre", maxInputBytes: 1e6, maxInputPixels: 1e6 } as const;
  const size = (width: number, height: number) => ({ text: `${width}x${height}`, width, height });

  /** Grey, with something to look at near the right edge. */
  async function original(orientation?: number): Promise<Buffer> {
    const spot = { create: { width: 100, height: 100, channels: 3, background: "#f00" } } as const;
    const image = sharp({ create: { width: 800, height: 600, channels: 3, background: "#888" } })
      .composite([{ input: await sharp(spot).png().toBuffer(), left: 690, top: 250 }])
      .jpeg();
    return (orientation === undefined ? image : image.withMetadata({ orientation })).toBuffer();
  }

  it("keep what draws attention, or the centre, in pixels of the original", async () => {
    const crops = await cropsOf(await original(), size(300, 300), SETTINGS);
    assert.deepEqual(crops, [
      { position: "attention", left: 200, top: 0, width: 600, height: 600 },
      { position: "centre", left: 100, top: 0, width: 600, height: 600 },
    ]);
  });

  it("are those of the upright image", async () => {
    const bytes = await original(6);
    assert.deepEqual(await dimensionsOf(bytes, SETTINGS), { width: 600, height: 800 });
    const [attention, centre] = await cropsOf(bytes, size(300, 300), SETTINGS);
    assert.deepEqual([attention?.top, centre?.top, centre?.left], [200, 100, 0]);
  });

  it("are not larger than the original, which is never enlarged", async () => {
    const [, wide] = await cropsOf(await original(), size(1600, 300), SETTINGS);
    assert.deepEqual(wide, { position: "centre", left: 0, top: 150, width: 800, height: 300 });
    const [, large] = await cropsOf(await original(), size(1600, 1600), SETTINGS);
    assert.deepEqual(large, { position: "centre", left: 0, top: 0, width: 800, height: 600 });
  });

  it("are drawn on an image that a browser shows", async () => {
    const jpeg = await original();
    assert.deepEqual(await preview(jpeg, SETTINGS), { contentType: "image/jpeg", body: jpeg });
    const tiff = await sharp(jpeg).tiff().toBuffer();
    const { contentType, body } = await preview(tiff, SETTINGS);
    assert.deepEqual([contentType, (await sharp(body).metadata()).format], ["image/png", "png"]);
    await assert.rejects(preview(Buffer.from("%PDF-"), SETTINGS), /^Error: The original is a PDF document: /);
  });
});
