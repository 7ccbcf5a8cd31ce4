import sharp, { type FailOnOptions } from "sharp";
import { type ImageSettings, resize } from "../../../../../functions/resizer/image";
import { Refusal } from "../../../../../functions/resizer/refusal";

const WIDTH = 120;
const SECONDS = 60;
const SETTINGS: ImageSettings = {
  quality: { jpeg: 80, webp: 80, avif: 50 },
  effort: { webp: 0, avif: 0 },
  fit: "cover",
  position: "centre",
  maxInputPixels: 50_000_000,
};

/** Returns whether the resizer creates a variant. */
export function serves(bytes: Buffer): Promise<boolean> {
  const spec = { size: { text: `${WIDTH}w`, width: WIDTH }, format: "jpeg" } as const;
  return resize(bytes, spec, SETTINGS, SECONDS).then(
    () => true,
    (error: unknown) => {
      if (error instanceof Refusal && error.code === "undecodable-image") return false;
      throw error;
    },
  );
}

/** Returns a rule that leaves the decision to a level of sharp's `failOn`. */
export function servesWith(failOn: FailOnOptions): (bytes: Buffer) => Promise<boolean> {
  return (bytes) =>
    sharp(bytes, { failOn })
      .resize(WIDTH)
      .jpeg()
      .toBuffer()
      .then(
        () => true,
        () => false,
      );
}
