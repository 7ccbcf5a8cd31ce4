import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";

/** Names that have gone wrong somewhere between a browser, a redirect and S3. */
export const AWKWARD_NAMES = [
  "with space.jpg",
  "a+b.jpg",
  "100%.jpg",
  "50%25 off.jpg",
  "this&that=other.jpg",
  "no#1.jpg",
  'it\'s "quoted".jpg',
  "(round) [square] {curly}.jpg",
  "Käse & Brötchen.jpg",
  "日本の山.jpg",
  "a;b,c:d@e!$*~.jpg",
  "what?.jpg",
];

export const WIDTH = 800;
export const HEIGHT = 600;

/**
 * Makes a folder of small originals: `p_1/photo.jpg` and others of its kind, and the awkward names below `p_2`.
 * @param total with so many tiny ones below `z` that it has this many
 */
export async function makeOriginals(total = 0): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), "originals-"));
  const image = () =>
    sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: { r: 90, g: 140, b: 200 } } });
  const jpeg = await image().jpeg().toBuffer();
  const files: Record<string, Buffer> = {
    "top.jpg": jpeg,
    "p_1/photo.jpg": jpeg,
    "p_1/other.jpg": jpeg,
    "p_1/PHOTO.JPG": jpeg,
    "p_1/sideways.jpg": await image().jpeg().withMetadata({ orientation: 6 }).toBuffer(),
    "p_1/photo.png": await image().png().toBuffer(),
    "p_1/photo.webp": await image().webp().toBuffer(),
    ...Object.fromEntries(AWKWARD_NAMES.map((name) => [`p_2/${name}`, jpeg])),
  };
  const tiny = await sharp(jpeg).resize(80, 60).jpeg().toBuffer();
  for (let count = Object.keys(files).length + 1; count <= total; count += 1) files[`z/${count}.jpg`] = tiny;
  for (const [key, bytes] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(folder, key)), { recursive: true });
    await writeFile(path.join(folder, key), bytes);
  }
  return folder;
}

/** Adds an image that is transparent, and one that no encoder makes small. */
export async function addPictures(images: string): Promise<void> {
  const glass = { r: 0, g: 90, b: 200, alpha: 0 };
  await sharp({ create: { width: WIDTH, height: HEIGHT, channels: 4, background: glass } })
    .png()
    .toFile(path.join(images, "p_1/glass.png"));
  const [width, height] = [1300, 1300];
  const noise = sharp(randomBytes(width * height * 3), { raw: { width, height, channels: 3 } });
  await writeFile(path.join(images, "p_1/noise.png"), await noise.png().toBuffer());
}
