import { listOf, recordOf, type Json } from "./json";

/** A function's instruction set, by Lambda's name. */
export type Architecture = "arm64" | "x86_64";

const NAMES: Readonly<Record<string, Architecture>> = {
  arm64: "arm64",
  aarch64: "arm64",
  x64: "x86_64",
  x86_64: "x86_64",
  "x86-64": "x86_64",
  amd64: "x86_64",
};
const NAMED = /(?<![a-z0-9])(arm64|aarch64|x64|x86[_-]64|amd64)(?![a-z0-9])/gi;

/** @pulumi/policy shows an asset through a proxy that a promise does not work behind; the thing itself is here. */
const PROXY_TARGET = "__getSpecialProxyTarget";
/** Archives of archives of archives and so on: nobody goes deeper. */
const DEEPEST = 8;

/**
 * The instruction sets that a function's package says it is for: by the paths of its archives and files, of which the
 * last name counts (`dist/arm64-1f0c/node_modules`, `@img/sharp-linux-x64`).
 */
export async function packageArchitectures(code: Json): Promise<ReadonlySet<Architecture>> {
  const found = new Set<Architecture>();
  for (const place of await placesOf(code, 0)) {
    const name = [...place.matchAll(NAMED)].at(-1)?.[1]?.toLowerCase();
    const architecture = name === undefined ? undefined : NAMES[name];
    if (architecture !== undefined) found.add(architecture);
  }
  return found;
}

/** The paths in an asset or archive: its own, or those of what it is made of with the names that these get. */
async function placesOf(value: Json, depth: number): Promise<readonly string[]> {
  const shown = recordOf(value);
  if (shown === undefined || depth > DEEPEST) return [];
  const archive = recordOf(shown[PROXY_TARGET]) ?? shown;
  const [path, uri, assets] = await Promise.all([archive.path, archive.uri, archive.assets]);
  const entries = Object.entries(recordOf(assets) ?? {});
  const inner = await Promise.all(entries.map(([, asset]) => placesOf(asset, depth + 1)));
  return [...listOf(path), ...listOf(uri), ...entries.map(([name]) => name), ...inner.flat()].filter(
    (place) => typeof place === "string",
  );
}
