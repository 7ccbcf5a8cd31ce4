import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "@image-resizer/lib/program";

/** Where a handler is: `index.handler` in a file on this machine. */
export interface HandlerFile {
  readonly file: string;
  /** The name of the export. */
  readonly exportName: string;
}

/** What Pulumi's assets and archives have in common here: a path on this machine, or parts by name. */
interface AssetLike {
  readonly path?: Promise<string>;
  readonly assets?: Promise<Readonly<Record<string, AssetLike>>>;
}

const EXTENSIONS = ["js", "mjs", "cjs"];

/**
 * Finds the file of a handler (`folder/index.handler`) in the archive that the program deploys: the function runs from
 * the very files that would be packed.
 * @throws UserError if the archive has no such file.
 */
export async function findHandler(archive: unknown, handler: string, owner: string): Promise<HandlerFile> {
  const dot = handler.lastIndexOf(".");
  const module = handler.slice(0, dot);
  for (const extension of EXTENSIONS) {
    const file = await fileIn(archive as AssetLike, `${module}.${extension}`);
    if (file !== undefined && existsSync(file)) return { file: path.resolve(file), exportName: handler.slice(dot + 1) };
  }
  throw new UserError(`the package of ${owner} has no ${module}.js, .mjs or .cjs for its handler "${handler}"`);
}

async function fileIn(archive: AssetLike | undefined, name: string): Promise<string | undefined> {
  const folder = await archive?.path;
  if (folder !== undefined) return path.join(folder, name);
  for (const [key, asset] of Object.entries((await archive?.assets) ?? {})) {
    const below = path.posix.relative(key, name);
    if (below === "") return asset.path;
    if (!below.startsWith("../")) return fileIn(asset, below);
  }
  return undefined;
}
