import { listOf, recordOf, type Json } from "./values";

/** Instruction set of a function, by Lambda's name. */
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

/** @pulumi/policy shows an asset through a proxy that a promise does not work behind; this property is the asset itself. */
const PROXY_TARGET = "__getSpecialProxyTarget";
/** Deeper nesting of archives is not read. */
const MAX_DEPTH = 8;

/**
 * Returns the instruction sets that the paths of a function's package name. The last name in a path counts:
 * `dist/arm64-1f0c/node_modules`, `@img/sharp-linux-x64`.
 */
export async function packageArchitectures(code: Json): Promise<ReadonlySet<Architecture>> {
  const found = new Set<Architecture>();
  for (const place of await pathsOf(code, 0)) {
    const name = [...place.matchAll(NAMED)].at(-1)?.[1]?.toLowerCase();
    const architecture = name === undefined ? undefined : NAMES[name];
    if (architecture !== undefined) found.add(architecture);
  }
  return found;
}

/** Lists the paths in an asset or archive: its own, or those of its parts with their names. */
async function pathsOf(value: Json, depth: number): Promise<readonly string[]> {
  const shown = recordOf(value);
  if (shown === undefined || depth > MAX_DEPTH) return [];
  const archive = recordOf(shown[PROXY_TARGET]) ?? shown;
  const [path, uri, assets] = await Promise.all([archive.path, archive.uri, archive.assets]);
  const entries = Object.entries(recordOf(assets) ?? {});
  const inner = await Promise.all(entries.map(([, asset]) => pathsOf(asset, depth + 1)));
  return [...listOf(path), ...listOf(uri), ...entries.map(([name]) => name), ...inner.flat()].filter(
    (place) => typeof place === "string",
  );
}
