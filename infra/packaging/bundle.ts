import path from "node:path";
import { build, type Plugin } from "esbuild";
import { BuildError } from "./build-error";
import { writeAtomically } from "./files";
import { CREDENTIALS, pruneSchemas, replaceModules, RESIZER } from "./shims";

const FUNCTIONS = path.resolve(__dirname, "../../functions");

/** The functions that run in Lambda, by their folders. */
export type LambdaFunction = "resizer" | "purge";

const PLUGINS: Readonly<Record<LambdaFunction, () => Plugin[]>> = {
  resizer: () => [replaceModules(RESIZER), pruneSchemas()],
  purge: () => [replaceModules([CREDENTIALS])],
};

/**
 * Bundles a function into `file`, minified, for Node 20 and later.
 *
 * sharp's native library stays outside: it is in a package of its own for each platform, below `node_modules`.
 * @throws BuildError with esbuild's reasons
 */
export async function bundleFunction(name: LambdaFunction, file: string): Promise<void> {
  try {
    const { outputFiles } = await build({
      entryPoints: [path.join(FUNCTIONS, name, "index.ts")],
      bundle: true,
      write: false,
      minify: true,
      platform: "node",
      target: "node20.19",
      format: "cjs",
      // The SDK's ES modules can be tree-shaken, its CommonJS ones cannot.
      mainFields: ["module", "main"],
      // An `import()` starts Node's loader of ES modules, for the SDK's `import("node:http")` alone.
      supported: { "dynamic-import": false },
      plugins: PLUGINS[name](),
      legalComments: "none",
      logLevel: "silent",
    });
    writeAtomically(file, outputFiles[0]?.contents ?? new Uint8Array());
  } catch (error) {
    throw new BuildError(`The bundle of functions/${name} could not be built`, error);
  }
}
