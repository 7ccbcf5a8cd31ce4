import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { SettingsVariable } from "../../functions/resizer/settings";
import type { StackFacts } from "../names";
import { createLambdaFunction } from "./lambda-function";
import { resizerPolicy } from "./policy";

export interface ResizerArgs extends StackFacts {
  readonly bucketName: pulumi.Output<string>;
  /** Target of redirects. */
  readonly cdnUrl: pulumi.Output<string>;
  /** The API that may call the function. */
  readonly api: { readonly callArn: pulumi.Output<string> };
  /** Hashes of the keys with which the CDN asks, by commas; undefined where only clients ask. */
  readonly callerHashes: pulumi.Input<string> | undefined;
  /** The function's package for the config's architecture. */
  readonly code: pulumi.Input<pulumi.asset.Archive>;
}

/** The Lambda function that creates variants, with a role that allows nothing else and its own log group. */
export class Resizer extends pulumi.ComponentResource {
  constructor(name: string, args: ResizerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:Resizer", name, {}, opts);
    const { config, names, place, bucketName, cdnUrl, callerHashes, code } = args;
    const { architecture, memorySize, timeout, reservedConcurrency } = config.resizer;

    const policy = pulumi.all([place, bucketName]).apply(([where, bucket]) =>
      resizerPolicy(where, {
        names,
        bucketName: bucket,
        allowList: config.allowList,
        tagVariants: config.bucket.variantExpiryDays !== undefined,
        tracing: config.operations.tracing,
      }),
    );
    const lambda = createLambdaFunction(
      name,
      {
        functionName: names.resizer,
        description: "Makes a variant that is not in the bucket yet",
        code,
        architecture,
        memorySize,
        timeout,
        reservedConcurrency,
        operations: config.operations,
        variables: {
          SETTINGS: pulumi.jsonStringify(bucketName.apply((bucket) => settingsOf(args, bucket))),
          CDN_URL: cdnUrl,
          ...(callerHashes === undefined ? {} : { CALLER_HASHES: callerHashes }),
        },
        policies: { policy },
      },
      this,
    );
    new aws.lambda.Permission(
      `${name}-permission`,
      {
        action: "lambda:InvokeFunction",
        function: lambda.name,
        principal: "apigateway.amazonaws.com",
        sourceArn: args.api.callArn,
      },
      { parent: this },
    );
    this.registerOutputs();
  }
}

function settingsOf({ config, names: { project, stack } }: ResizerArgs, bucket: string): SettingsVariable {
  const { fit, position, quality, effort, maxInputBytes, maxInputPixels } = config.image;
  return {
    bucket,
    allowList: config.allowList,
    fit,
    position,
    quality,
    effort,
    maxInputBytes,
    maxInputPixels,
    cacheControl: config.cdn.cacheControl,
    ...(config.image.heic ? { heic: true } : {}),
    expireVariants: config.bucket.variantExpiryDays !== undefined,
    // Each metric is billed.
    ...(config.operations.monitoring ? { metrics: { namespace: project, stack } } : {}),
  };
}
