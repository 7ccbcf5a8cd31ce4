import type { Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "@image-resizer/lib/program";
import { MAX_KEY_BYTES } from "./call";
import type { ObjectStore } from "./object-store";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".png": "image/png",
  ".webp": "image/webp",
  ".avif": "image/avif",
};
/** Files looked at together. */
const CONCURRENCY = 64;

/** Result of reading a folder. */
export interface Originals {
  readonly count: number;
  /** Images that could not become originals; `file` is relative to the folder. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/**
 * Turns every image below a folder into an original whose key is its relative path, with `/` between the parts.
 * The files stay where they are, are only ever read, and are not read now: the time of start-up depends on their number
 * alone. Links to files outside the folder, and links to folders, are not followed.
 * @throws UserError for a folder that is missing, no folder, or without images
 */
export async function linkOriginals(store: ObjectStore, directory: string): Promise<Originals> {
  const root = await realRoot(directory);
  const skipped: { file: string; reason: string }[] = [];
  const files = await images(root, "");
  for (let from = 0; from < files.length; from += CONCURRENCY) {
    await Promise.all(
      files.slice(from, from + CONCURRENCY).map(async (file) => {
        const found = await look(root, file);
        if ("reason" in found) skipped.push({ file, reason: found.reason });
        else store.link(keyOf(file), found.file, found.stats, { "content-type": contentTypeOf(file) ?? "" });
      }),
    );
  }
  const count = files.length - skipped.length;
  if (count === 0) {
    const types = Object.keys(CONTENT_TYPES).map((extension) => extension.slice(1));
    throw new UserError(`there are no images below ${directory}: originals are ${types.join(", ")} files`);
  }
  return { count, skipped };
}

/** Resolves the links of a folder's path. @throws UserError for a folder that is missing or no folder */
export async function realRoot(directory: string): Promise<string> {
  try {
    const root = await realpath(directory);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`the folder ${directory} ${code === "ENOENT" ? "does not exist" : "cannot be read"}`);
  }
  throw new UserError(`${directory} is no folder`);
}

/** Returns the paths of the images below a folder, relative to the root. */
async function images(root: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  const entries = await readdir(path.join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    throw new UserError(`the folder ${path.join(root, folder)} cannot be read: ${(error as Error).message}`);
  });
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await images(root, file)));
    else if (contentTypeOf(entry.name) !== undefined) found.push(file);
  }
  return found;
}

/** Returns the file at a path, or the reason why it cannot be an original. */
export async function look(
  root: string,
  relative: string,
): Promise<{ file: string; stats: Stats } | { reason: string }> {
  const size = Buffer.byteLength(keyOf(relative));
  if (size > MAX_KEY_BYTES) return { reason: `its key would have ${size} bytes, and S3 accepts ${MAX_KEY_BYTES}` };
  try {
    const file = await realpath(path.join(root, relative));
    if (!file.startsWith(root + path.sep)) return { reason: "it is a link to a file outside the folder" };
    const stats = await stat(file);
    return stats.isFile() ? { file, stats } : { reason: "it is no file" };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/** Returns the media type of an original by its name; `undefined` for a name that is no image's. */
export function contentTypeOf(name: string): string | undefined {
  return CONTENT_TYPES[path.extname(name).toLowerCase()];
}

/** Returns the key of an image by its path relative to the folder. */
export function keyOf(relative: string): string {
  return relative.split(path.sep).join("/");
}
