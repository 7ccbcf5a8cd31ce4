import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { EdgeSettings } from "../../functions/edge/settings";
import { buildEdgeCode } from "./edge-code";

export interface EdgeFunctionArgs {
  /** What it does, written into its code. */
  readonly settings: EdgeSettings;
}

/** The CloudFront Function that sees each request before the cache does. It may not do anything in AWS. */
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
