import path from "node:path";
import { buildSync } from "esbuild";
import { BuildError } from "./build-error";
import { writeAtomically } from "./files";

const FUNCTIONS = path.resolve(__dirname, "../../functions");

/** The functions that run in Lambda, by their folders. */
export type LambdaFunction = "resizer" | "purge";

/**
 * Bundles a function into `file`, minified, for Node 20 and later.
 *
 * sharp stays outside: its native library cannot be bundled, and a bundle that tries builds and then fails at load.
 * @throws BuildError with esbuild's reasons
 */
export function bundleFunction(name: LambdaFunction, file: string): void {
  try {
    const { outputFiles } = buildSync({
      entryPoints: [path.join(FUNCTIONS, name, "index.ts")],
      bundle: true,
      write: false,
      minify: true,
      platform: "node",
      target: "node20.19",
      format: "cjs",
      // The SDK's ES modules can be tree-shaken, its CommonJS ones cannot.
      mainFields: ["module", "main"],
      external: ["sharp"],
      // More than a quarter of the bundle, and never used in Lambda.
      alias: { "@aws-sdk/credential-provider-node": path.join(FUNCTIONS, "resizer/environment-credentials.ts") },
      legalComments: "none",
      logLevel: "silent",
    });
    writeAtomically(file, outputFiles[0]?.contents ?? new Uint8Array());
  } catch (error) {
    throw new BuildError(`The bundle of functions/${name} could not be built`, error);
  }
}
