import path from "node:path";
import { buildSync } from "esbuild";
import type { EdgeSettings } from "../../functions/edge/settings";
import { BuildError } from "../packaging/build-error";

/** The largest code that CloudFront Functions take, in bytes (CloudFront guide, "Quotas on CloudFront Functions"). */
export const MAX_EDGE_CODE_BYTES = 10_240;

const ENTRY = path.resolve(__dirname, "../../functions/edge/index.ts");
const EXPORT = /export\{handler\};\s*$/;

/**
 * The code of a stack's edge function: `functions/edge` with its grammar and these settings, in one script.
 * @throws BuildError where it is too large, or uses what CloudFront's runtime lacks
 */
export function buildEdgeCode(settings: EdgeSettings): string {
  const code = bundle(settings);
  const bytes = Buffer.byteLength(code);
  if (bytes > MAX_EDGE_CODE_BYTES) {
    const allowed = `allowed is ${MAX_EDGE_CODE_BYTES}, so fewer sizes`;
    throw new BuildError("The edge function could not be built", `its code is ${bytes} bytes: ${allowed}`);
  }
  return code;
}

function bundle(settings: EdgeSettings): string {
  try {
    const { outputFiles } = buildSync({
      entryPoints: [ENTRY],
      bundle: true,
      write: false,
      // Names stay, for whoever reads the code in CloudFront's console or in a log.
      minifyWhitespace: true,
      platform: "neutral",
      format: "esm",
      // The runtime is ECMAScript 5.1 and some of what came after (CloudFront guide, "JavaScript runtime 2.0 features").
      // esbuild writes newer syntax in the words of 5.1 and refuses what has none, such as destructuring. It cannot do
      // so with const and let, which the runtime knows.
      target: "es5",
      supported: { "const-and-let": true },
      charset: "ascii",
      define: { EDGE_SETTINGS: JSON.stringify(settings) },
      legalComments: "none",
      logLevel: "silent",
    });
    const module = outputFiles[0]?.text ?? "";
    // What esbuild makes of a regular expression that ECMAScript 5.1 does not read.
    if (module.includes("new RegExp(")) throw new Error("it has a regular expression that CloudFront does not read");
    if (!EXPORT.test(module)) throw new Error("its code does not end with the export of handler");
    // The runtime has no modules: it calls the function of this name.
    return module.replace(EXPORT, "");
  } catch (error) {
    throw new BuildError("The edge function could not be built", error);
  }
}
