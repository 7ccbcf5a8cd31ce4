import type { Dirent, Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import path from "node:path";
import { UserError } from "@image-resizer/lib/program";
import type { ObjectStore } from "./object-store";
import { MAX_KEY_BYTES } from "./s3-request";

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  ".jpg": "image/jpeg",
  ".jpeg": "image/jpeg",
  ".png": "image/png",
  ".webp": "image/webp",
  ".avif": "image/avif",
};
/** Files looked at together. */
const CONCURRENCY = 64;

/** What came of reading a folder. */
export interface Originals {
  readonly count: number;
  /** Files that look like pictures and could not become originals, each with the reason. */
  readonly skipped: readonly SkippedFile[];
}

export interface SkippedFile {
  /** Relative to the folder. */
  readonly file: string;
  readonly reason: string;
}

/**
 * Makes every picture below a folder an original whose key is its path relative to it, with `/` between the parts.
 * The files stay where they are, are only ever read, and are not read now: what counts at start-up is their number.
 * Links to files outside the folder, and links to folders, are not followed.
 * @throws UserError for a folder that is missing, no folder, or without pictures
 */
export async function linkOriginals(store: ObjectStore, directory: string): Promise<Originals> {
  const root = await realRoot(directory);
  const skipped: SkippedFile[] = [];
  let count = 0;
  const files = await pictures(root, "");
  for (let from = 0; from < files.length; from += CONCURRENCY) {
    await Promise.all(
      files.slice(from, from + CONCURRENCY).map(async (file) => {
        const result = await look(root, file);
        if ("reason" in result) {
          skipped.push({ file, reason: result.reason });
          return;
        }
        const contentType = contentTypeOf(file) ?? "";
        store.link(keyOf(file), result.file, result.stats, { "content-type": contentType });
        count += 1;
      }),
    );
  }
  if (count === 0) {
    const types = Object.keys(CONTENT_TYPES).map((extension) => extension.slice(1));
    throw new UserError(`there are no pictures below ${directory}: originals are ${types.join(", ")} files`);
  }
  return { count, skipped };
}

/** The folder itself, links resolved. @throws UserError for one that is missing or no folder */
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

/** Paths of the pictures below a folder, relative to the root. */
async function pictures(root: string, folder: string): Promise<string[]> {
  const found: string[] = [];
  const entries: Dirent[] = await readdir(path.join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    throw new UserError(`the folder ${path.join(root, folder)} cannot be read: ${(error as Error).message}`);
  });
  for (const entry of entries) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await pictures(root, file)));
    else if (path.extname(entry.name).toLowerCase() in CONTENT_TYPES) found.push(file);
  }
  return found;
}

/** The file that a path means, or why it cannot be an original. */
export async function look(
  root: string,
  relative: string,
): Promise<{ file: string; stats: Stats } | { reason: string }> {
  const size = Buffer.byteLength(keyOf(relative));
  if (size > MAX_KEY_BYTES) return { reason: `its key would have ${size} bytes, and S3 takes ${MAX_KEY_BYTES}` };
  try {
    const file = await realpath(path.join(root, relative));
    if (!file.startsWith(root + path.sep)) return { reason: "it is a link to a file outside the folder" };
    const stats = await stat(file);
    return stats.isFile() ? { file, stats } : { reason: "it is no file" };
  } catch (error) {
    return { reason: (error as Error).message };
  }
}

/** The media type of an original by its name; `undefined` for a name that is no picture's. */
export function contentTypeOf(name: string): string | undefined {
  return CONTENT_TYPES[path.extname(name).toLowerCase()];
}

/** The key of a picture by its path relative to the folder. */
export function keyOf(relative: string): string {
  return relative.split(path.sep).join("/");
}
