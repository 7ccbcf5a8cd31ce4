import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { Architecture } from "../packaging";
import { functionLogGroup } from "../names";

const RUNTIME = "nodejs24.x";

export interface LambdaFunctionArgs {
  /** The name in Lambda, fixed so that its log group's ARN is known in a preview. */
  readonly physicalName: string;
  readonly description: string;
  /** The function's package for `architecture`. */
  readonly code: pulumi.Input<pulumi.asset.Archive>;
  readonly architecture: Architecture;
  /** In MB; 1,769 come with one vCPU. */
  readonly memorySize: number;
  /** In seconds. */
  readonly timeout: number;
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** All that it may do: documents by what their names end in. */
  readonly policies: Readonly<Record<string, pulumi.Input<aws.iam.PolicyDocument>>>;
  /** Whether X-Ray traces requests: by default the first of each second, and one in twenty of the others. */
  readonly tracing: boolean;
  /** Most requests at once; undefined for the account's limit. */
  readonly reservedConcurrency: number | undefined;
  readonly logRetentionDays: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** A function in Lambda with a role that only Lambda can take, and a log group of its own, as children of `parent`. */
export function lambdaFunction(name: string, args: LambdaFunctionArgs, parent: pulumi.Resource): aws.lambda.Function {
  const opts = { parent };
  const logGroup = new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    { name: functionLogGroup(args.physicalName), retentionInDays: args.logRetentionDays, tags: { ...args.tags } },
    opts,
  );
  const role = new aws.iam.Role(
    `${name}-role`,
    {
      // Named like the function, so that who deploys it can be allowed to make this role and no other.
      name: args.physicalName,
      assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
      tags: { ...args.tags },
    },
    opts,
  );
  const policies = Object.entries(args.policies).map(
    ([suffix, policy]) => new aws.iam.RolePolicy(`${name}-${suffix}`, { role: role.id, policy }, opts),
  );
  return new aws.lambda.Function(
    name,
    {
      name: args.physicalName,
      description: args.description,
      role: role.arn,
      runtime: RUNTIME,
      handler: "index.handler",
      code: args.code,
      architectures: [args.architecture],
      memorySize: args.memorySize,
      timeout: args.timeout,
      environment: { variables: { ...args.variables } },
      // Lambda's own lines in JSON, too: one query finds a request's line and what it took of memory.
      loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
      ...(args.tracing ? { tracingConfig: { mode: "Active" } } : {}),
      ...(args.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: args.reservedConcurrency }),
      tags: { ...args.tags },
    },
    // The role must be able to work by the time that the first request arrives.
    { parent, dependsOn: [...policies, logGroup] },
  );
}
