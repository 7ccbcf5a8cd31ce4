import { mkdirSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import { ROOT } from "@image-resizer/lib/root";

/** Within the project, so that a bundle finds the packages that are not part of it. */
const FOLDER = path.join(ROOT, "dist/bench");

interface BundleOptions {
  /** `apart` to load packages from where they are installed. Default: packages are part of the bundle. */
  readonly packages?: "bundled" | "apart";
}

/** Bundles a module as the resizer is bundled, and returns the file: a process starts from it without a compiler. */
export function bundle(entry: string, { packages = "bundled" }: BundleOptions = {}): string {
  mkdirSync(FOLDER, { recursive: true });
  const name = `${path.basename(path.dirname(entry))}-${path.basename(entry, ".ts")}`;
  const outfile = path.join(FOLDER, `${name}-${packages}.js`);
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    platform: "node",
    target: "node20.19",
    format: "cjs",
    mainFields: ["module", "main"],
    external: ["sharp", "ipx"],
    legalComments: "none",
    logLevel: "silent",
    ...(packages === "apart" ? { packages: "external" } : {}),
  });
  return outfile;
}
