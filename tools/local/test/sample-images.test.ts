import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import path from "node:path";
import sharp from "sharp";
import { paintGrain, paintLandscape, sampleImages, type Scene } from "../sample-images";

describe("the local stack's own originals", () => {
  const scene: Scene = { seed: 9, sky: [10, 20, 30], horizon: [200, 210, 220], ground: [40, 80, 20], horizonAt: 0.5 };
  const digest = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");

  it("have the formats, sizes and orientations of a camera's", async () => {
    const folder = await sampleImages();
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const found = await Promise.all(
      files.map(async (entry) => {
        const file = path.join(entry.parentPath, entry.name);
        const { format, width, height, orientation = 1 } = await sharp(file).metadata();
        return [path.relative(folder, file), format, width, height, orientation];
      }),
    );
    assert.deepEqual(found.sort(), [
      ["moor.png", "png", 1200, 900, 1],
      ["p_1/hills.jpg", "jpeg", 2400, 1600, 1],
      ["p_1/portrait of a dune.jpg", "jpeg", 3264, 2448, 6],
      ["p_2/Dämmerung über Hügeln.jpeg", "jpeg", 1600, 1200, 8],
      ["p_2/VALLEY.JPG", "jpeg", 2048, 1536, 1],
      ["p_3/ridge.webp", "webp", 1920, 1280, 1],
    ]);
  });

  it("are the same every time, and differ from each other", () => {
    const painted = paintLandscape(scene, 60, 40);
    assert.equal(painted.length, 60 * 40 * 3);
    assert.equal(digest(paintLandscape(scene, 60, 40)), digest(painted));
    assert.notEqual(digest(paintLandscape({ ...scene, seed: 10 }, 60, 40)), digest(painted));
    assert.equal(digest(paintGrain(1, 16)), digest(paintGrain(1, 16)));
    assert.ok(new Set(painted).size > 50, "texture");
  });
});
