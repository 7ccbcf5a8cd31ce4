import { opendir } from "node:fs/promises";
import path from "node:path";
import type { LocalStack } from "./stack";

const PICTURE = /\.(jpe?g|png|webp|avif)$/i;

/** Lines for a shell that show the flow: a miss, then a hit, then a size that the stack does not make. */
export async function tryIt(
  { cdn, website }: LocalStack["endpoints"],
  images: string,
  sizes: unknown,
): Promise<string[]> {
  // A stack without a list makes every size.
  const [size] = Array.isArray(sizes) ? sizes.map(String) : [];
  const picture = await firstPicture(images);
  if (picture === undefined) return [];
  const key = path.relative(images, picture).split(path.sep);
  const url = (spec: string) => [cdn, ...[...key.slice(0, -1), spec, ...key.slice(-1)].map(encode)].join("/");
  return [
    `curl -sIL '${url(size ?? "640w")}'   # a miss: ${website === undefined ? "200 from the API" : "307 to the API, 301 back to the CDN, 200"}`,
    `curl -sI '${url(size ?? "640w")}'   # a hit`,
    ...(size === undefined ? [] : [`curl -sIL '${url("1x1")}'   # a size that this stack does not make: 404`]),
  ];
}

/** Not all of them: there may be hundreds of thousands. */
async function firstPicture(folder: string): Promise<string | undefined> {
  const folders: string[] = [];
  for await (const entry of await opendir(folder)) {
    const file = path.join(folder, entry.name);
    if (entry.isFile() && PICTURE.test(entry.name)) return file;
    if (entry.isDirectory()) folders.push(file);
  }
  for (const below of folders) {
    const found = await firstPicture(below);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A segment of a URL that a shell leaves alone between single quotes. */
function encode(segment: string): string {
  return encodeURIComponent(segment).replaceAll("'", "%27");
}
