import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { RunError } from "@pulumi/pulumi";
import { build, type Plugin } from "esbuild";
import { CREDENTIALS, pruneSchemas, replaceModules, RESIZER } from "./shims";

const FUNCTIONS = path.resolve(__dirname, "../../functions");

/** Plugins of the functions that run in Lambda, by their folders. */
const PLUGINS = {
  resizer: () => [replaceModules(RESIZER), pruneSchemas()],
  purge: () => [replaceModules([CREDENTIALS])],
} satisfies Record<string, () => Plugin[]>;

/** A package that could not be built: it stops the deployment, with the reason and without a stack trace. */
export class BuildError extends RunError {
  constructor(what: string, cause: unknown) {
    super(`${what}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

/** Bundles of this process, by their files: a bundle is the same each time, and half a second of work. */
const bundles = new Map<string, Promise<void>>();

/**
 * Bundles a function into `file`, minified, for Node 20 and later; once in a process. sharp's native library stays outside.
 * @throws BuildError with esbuild's reasons
 */
export function bundleFunction(name: keyof typeof PLUGINS, file: string): Promise<void> {
  const bundled = bundles.get(file) ?? bundle(name, file);
  bundles.set(file, bundled);
  return bundled;
}

async function bundle(name: keyof typeof PLUGINS, file: string): Promise<void> {
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
    // By another name first: a process that reads the file meanwhile gets the old one or the new one, never a part.
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, outputFiles[0]?.contents ?? "");
    renameSync(`${file}.${process.pid}`, file);
  } catch (error) {
    throw new BuildError(`The bundle of functions/${name} could not be built`, error);
  }
}
