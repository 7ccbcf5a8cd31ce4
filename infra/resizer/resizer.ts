import type * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AllowList } from "../../functions/variant-key";
import type { Environment } from "../environment";
import { lambdaFunction } from "./lambda-function";
import type { Architecture } from "../packaging";
import { functionLogGroup, functionName } from "../names";
import { resizerPolicy } from "./policy";

export interface ResizerArgs {
  readonly environment: Environment;
  readonly bucketName: pulumi.Input<string>;
  readonly bucketArn: pulumi.Input<string>;
  /** The function's package for `architecture`. */
  readonly code: pulumi.Input<pulumi.asset.Archive>;
  readonly architecture: Architecture;
  /** In MB; 1,769 come with one vCPU. */
  readonly memorySize: number;
  /** In seconds. */
  readonly timeout: number;
  /** The function's environment variables: what `functions/resizer/settings.ts` reads. */
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** Spelled out in the role. */
  readonly allowList: AllowList;
  /** Whether variants are tagged, so that the bucket expires them. */
  readonly tagVariants: boolean;
  /** Whether X-Ray traces requests: by default the first of each second, and one in twenty of the others. */
  readonly tracing: boolean;
  /** Most variants that are created at once; undefined for the account's limit. */
  readonly reservedConcurrency: number | undefined;
  readonly logRetentionDays: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** The Lambda function that makes variants, with a role that can do nothing else and a log group of its own. */
export class Resizer extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;
  /** What API Gateway calls it by. */
  readonly invokeArn: pulumi.Output<string>;

  constructor(name: string, args: ResizerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:Resizer", name, {}, opts);
    const physicalName = functionName(args.environment.project, args.environment.stack);
    const { code, architecture, memorySize, timeout, variables, tracing, reservedConcurrency } = args;

    const lambda = lambdaFunction(
      name,
      {
        physicalName,
        description: "Makes a variant that is not in the bucket yet",
        code,
        architecture,
        memorySize,
        timeout,
        variables,
        tracing,
        reservedConcurrency,
        policies: { policy: this.#policy(args, functionLogGroup(physicalName)) },
        logRetentionDays: args.logRetentionDays,
        tags: args.tags,
      },
      this,
    );
    this.functionName = lambda.name;
    this.invokeArn = lambda.invokeArn;

    this.registerOutputs({ functionName: this.functionName, invokeArn: this.invokeArn });
  }

  /** Built from names rather than from outputs, so that a preview knows the whole document. */
  #policy(args: ResizerArgs, logGroup: string): pulumi.Output<aws.iam.PolicyDocument> {
    const { partition, region, accountId } = args.environment;
    return pulumi.all([args.bucketArn, partition, region, accountId]).apply(([bucketArn, part, where, account]) =>
      resizerPolicy({
        bucketArn,
        logGroupArn: `arn:${part}:logs:${where}:${account}:log-group:${logGroup}`,
        allowList: args.allowList,
        tagVariants: args.tagVariants,
        tracing: args.tracing,
      }),
    );
  }
}
