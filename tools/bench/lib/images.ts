import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import path from "node:path";
import sharp from "sharp";
import { UserError } from "@image-resizer/lib/user-error";
import { sampleImages } from "@image-resizer/local/sample-images";

/** An original of a bench. */
export interface Image {
  /** Path relative to the folder, with slashes: its key in a bucket. */
  readonly name: string;
  readonly file: string;
  readonly megapixels: number;
  readonly bytes: number;
}

/** Images of a run. */
interface Images {
  readonly folder: string;
  readonly images: readonly Image[];
}

const EXTENSIONS = [".jpg", ".jpeg", ".png", ".webp", ".avif"];

/**
 * Reads the images below a folder, in the order of their names, and warns of files that cannot be decoded.
 * @param folder default: the local stack's sample images
 * @throws UserError for a folder that is missing or has no image that can be decoded
 */
export async function openImages(folder?: string): Promise<Images> {
  folder ??= await sampleImages();
  const entries = await readdir(folder, { recursive: true }).catch((error: unknown) => {
    throw new UserError(`The folder ${folder} cannot be read: ${(error as Error).message}`);
  });
  const names = entries.filter((name) => EXTENSIONS.includes(path.extname(name).toLowerCase())).sort();
  if (names.length === 0) {
    throw new UserError(`The folder ${folder} has no images: allowed are ${EXTENSIONS.join(", ")} files.`);
  }
  const images: Image[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    try {
      // Decoded whole, because a header may be sound where the rest is not.
      const { width, height } = await sharp(file, { failOn: "warning" }).metadata();
      await sharp(file, { failOn: "warning" }).resize(8).toBuffer();
      const megapixels = (width * height) / 1e6;
      images.push({ name: name.replaceAll("\\", "/"), file, megapixels, bytes: statSync(file).size });
    } catch (error) {
      console.error(`left out: ${name}: ${(error as Error).message.split("\n")[0] ?? ""}`);
    }
  }
  if (images.length === 0) throw new UserError(`None of the ${names.length} images in ${folder} can be decoded.`);
  return { folder, images };
}

/** Returns the image in the middle by megapixels. */
export function middleOf({ images }: Pick<Images, "images">): Image {
  const sorted = [...images].sort((a, b) => a.megapixels - b.megapixels);
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (!middle) throw new Error("There are no images.");
  return middle;
}

/** Returns `12 images of 6 to 20 megapixels`. */
export function describeImages(images: readonly Pick<Image, "megapixels">[]): string {
  const megapixels = images.map((image) => image.megapixels);
  return `${images.length} images of ${Math.min(...megapixels).toFixed(0)} to ${Math.max(...megapixels).toFixed(0)} megapixels`;
}
