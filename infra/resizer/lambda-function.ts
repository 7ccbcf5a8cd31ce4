import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";
import { arnOf, functionLogGroup, type Place } from "../names";

const RUNTIME = "nodejs24.x";

export interface LambdaFunctionArgs {
  /** The name in Lambda, fixed so that its log group's ARN is known in a preview. */
  readonly functionName: string;
  readonly description: string;
  /** The function's package for `architecture`. */
  readonly code: pulumi.Input<pulumi.asset.Archive>;
  readonly architecture: StackConfig["resizer"]["architecture"];
  /** In MB. */
  readonly memorySize: number;
  /** In seconds. */
  readonly timeout: number;
  readonly variables: Readonly<Record<string, pulumi.Input<string>>>;
  /** All permissions, as documents by the suffixes of their names. */
  readonly policies: Readonly<Record<string, pulumi.Input<aws.iam.PolicyDocument>>>;
  /** Most requests at once; by default the account's limit. */
  readonly reservedConcurrency?: number | undefined;
  readonly operations: Pick<StackConfig["operations"], "tracing" | "logRetentionDays" | "permissionsBoundary">;
}

/** Creates a Lambda function with its own role and log group, as children of `parent`. */
export function createLambdaFunction(
  name: string,
  args: LambdaFunctionArgs,
  parent: pulumi.Resource,
): aws.lambda.Function {
  const opts = { parent };
  const logGroup = new aws.cloudwatch.LogGroup(
    `${name}-logs`,
    { name: functionLogGroup(args.functionName), retentionInDays: args.operations.logRetentionDays },
    opts,
  );
  const role = new aws.iam.Role(
    `${name}-role`,
    {
      // Named like the function, so that a deployer can be allowed to create this role and no other.
      name: args.functionName,
      assumeRolePolicy: aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" }),
      ...(args.operations.permissionsBoundary === undefined
        ? {}
        : { permissionsBoundary: args.operations.permissionsBoundary }),
    },
    opts,
  );
  const policies = Object.entries(args.policies).map(
    ([suffix, policy]) => new aws.iam.RolePolicy(`${name}-${suffix}`, { role: role.id, policy }, opts),
  );
  return new aws.lambda.Function(
    name,
    {
      name: args.functionName,
      description: args.description,
      role: role.arn,
      runtime: RUNTIME,
      handler: "index.handler",
      code: args.code,
      architectures: [args.architecture],
      memorySize: args.memorySize,
      timeout: args.timeout,
      environment: { variables: { ...args.variables } },
      // Lambda's own lines in JSON, too: one query finds a request's line and the memory that it took.
      loggingConfig: { logFormat: "JSON", logGroup: logGroup.name },
      // X-Ray traces the first request of each second, and one in twenty of the others.
      ...(args.operations.tracing ? { tracingConfig: { mode: "Active" } } : {}),
      ...(args.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: args.reservedConcurrency }),
    },
    // The role must be able to work by the time that the first request arrives.
    { parent, dependsOn: [...policies, logGroup] },
  );
}

/** Returns the statements that let a function write to its log group, and send traces where the stack has any. */
export function logsAndTraces(place: Place, functionName: string, tracing: boolean): aws.iam.PolicyStatement[] {
  return [
    {
      Sid: "WriteLogs",
      Effect: "Allow",
      Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
      Resource: [`${arnOf(place, "logs", `log-group:${functionLogGroup(functionName)}`)}:*`],
    },
    ...(tracing ? [SEND_TRACES] : []),
  ];
}

/** Traces are no resources: IAM has nothing narrower for these actions (service authorization reference, X-Ray). */
const SEND_TRACES: aws.iam.PolicyStatement = {
  Sid: "SendTraces",
  Effect: "Allow",
  Resource: ["*"],
  Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
};
