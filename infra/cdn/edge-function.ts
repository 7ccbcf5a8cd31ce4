import path from "node:path";
import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { buildSync } from "esbuild";
import type { EdgeSettings } from "../../functions/edge/settings";
import type { StackConfig } from "../config";
import { BuildError } from "../packaging";

/** Largest code of a CloudFront Function, in bytes (CloudFront guide, "Quotas on CloudFront Functions"). */
export const MAX_EDGE_CODE_BYTES = 10_240;

const ENTRY = path.resolve(__dirname, "../../functions/edge/index.ts");
const EXPORT = /export\{handler\};\s*$/;

export interface EdgeFunctionArgs {
  /** Settings that are written into the code. */
  readonly settings: EdgeSettings;
}

/** The CloudFront Function that sees each request before the cache does. It has no permissions in AWS. */
export class EdgeFunction extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: EdgeFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:EdgeFunction", name, {}, opts);
    const edge = new aws.cloudfront.Function(
      name,
      {
        comment: `image-resizer ${pulumi.getStack()}: formats, and keys that are none`,
        runtime: "cloudfront-js-2.0",
        code: buildEdgeCode(args.settings),
        publish: true,
      },
      { parent: this },
    );
    this.arn = edge.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

/** Returns the settings of the stack's edge function; undefined where it would do nothing. */
export function edgeSettings({ allowList, formats, cdn, bucket }: StackConfig): EdgeSettings | undefined {
  // Every client accepts JPEG and PNG: those two are created where a key names them.
  const negotiated = formats.filter((format) => format === "avif" || format === "webp");
  // API Gateway decodes a path before the function sees it, and cuts it at a question mark: the key goes beside it.
  const keyInQuery = cdn.delivery === "failover";
  const { serveOriginals } = cdn;
  // A malformed key, such as one with an empty segment, may be an original's.
  const validate = cdn.validateAtEdge || !serveOriginals;
  // A variant's copies can be invalidated only if they are under one spelling of its path, which the function sees to.
  if (negotiated.length === 0 && !validate && !keyInQuery && !bucket.purgeOnChange) return undefined;
  return { allowList, negotiated, validate, serveOriginals, keyInQuery };
}

/**
 * Returns the code of a stack's edge function: `functions/edge` with its grammar and these settings, in one script.
 * @throws BuildError where it is too large, or uses what CloudFront's runtime lacks
 */
export function buildEdgeCode(settings: EdgeSettings): string {
  try {
    const { outputFiles } = buildSync({
      entryPoints: [ENTRY],
      bundle: true,
      write: false,
      // Names stay, for readers of the code in CloudFront's console or in a log.
      minifyWhitespace: true,
      platform: "neutral",
      format: "esm",
      // The runtime is ECMAScript 5.1 and some of what came after (CloudFront guide, "JavaScript runtime 2.0 features").
      // esbuild writes newer syntax in the words of 5.1 and rejects what has none, such as destructuring. It cannot do
      // so with const and let, which the runtime knows.
      target: "es5",
      supported: { "const-and-let": true },
      charset: "ascii",
      define: { EDGE_SETTINGS: JSON.stringify(settings) },
      legalComments: "none",
      logLevel: "silent",
    });
    const module = outputFiles[0]?.text ?? "";
    // esbuild writes a regular expression that ECMAScript 5.1 does not read in this way.
    if (module.includes("new RegExp(")) throw new Error("it has a regular expression that CloudFront does not read");
    if (!EXPORT.test(module)) throw new Error("its code does not end with the export of handler");
    // The runtime has no modules: it calls the function of this name.
    const code = module.replace(EXPORT, "");
    const bytes = Buffer.byteLength(code);
    if (bytes > MAX_EDGE_CODE_BYTES) {
      throw new Error(`its code is ${bytes} bytes: allowed is ${MAX_EDGE_CODE_BYTES}, so fewer sizes`);
    }
    return code;
  } catch (error) {
    throw new BuildError("The edge function could not be built", error);
  }
}
