import sharp from "sharp";
import { paintGrain, paintLandscape, type Scene } from "../../../sample-images";

const GRAIN_SIZE = 256;

const SCENES: readonly Scene[] = [
  { seed: 1, horizonAt: 0.45, sky: [74, 128, 196], horizon: [214, 226, 232], ground: [48, 84, 42] },
  { seed: 2, horizonAt: 0.3, sky: [92, 148, 210], horizon: [246, 220, 178], ground: [176, 112, 52] },
  { seed: 3, horizonAt: 0.55, sky: [30, 32, 84], horizon: [236, 132, 92], ground: [26, 22, 34] },
  { seed: 5, horizonAt: 0.4, sky: [188, 196, 204], horizon: [202, 190, 170], ground: [84, 62, 44] },
];

/** Returns images with the texture and the grain of photographs, as PNG. */
export function texturedImages(count: number, width: number, height: number): Promise<Buffer[]> {
  const grain = { width: GRAIN_SIZE, height: GRAIN_SIZE, channels: 3 } as const;
  return Promise.all(
    SCENES.slice(0, count).map((scene) =>
      sharp(paintLandscape(scene, width, height), {
        raw: { width, height, channels: 3 },
      })
        .composite([{ input: paintGrain(scene.seed, GRAIN_SIZE), raw: grain, tile: true, blend: "soft-light" }])
        .png()
        .toBuffer(),
    ),
  );
}
