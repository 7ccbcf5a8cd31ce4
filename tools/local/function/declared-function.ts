import { z } from "zod";
import { inputsOf, outputOf, rejectInputs } from "../declared";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import { findHandler, type HandlerFile } from "./handler-file";

/** A Lambda function as the program declares it. */
export interface DeclaredFunction {
  readonly name: string;
  readonly arn: string;
  readonly invokeArn: string;
  readonly roleArn: string;
  readonly handler: HandlerFile;
  readonly variables: Readonly<Record<string, string>>;
  /** In seconds; 3 by default, as on AWS. */
  readonly timeout: number;
  /** In MB; 128 by default, as on AWS. */
  readonly memorySize: number;
  /** How many requests may be in the function at once, waiting ones included. */
  readonly concurrency: number;
}

/** An account's limit of concurrent executions. (Lambda developer guide, quotas) */
const ACCOUNT_CONCURRENCY = 1000;

/** Names that Lambda refuses in a function's environment, for it sets them itself. (Defined runtime environment variables) */
const RESERVED_VARIABLES = new Set([
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
  "AWS_DEFAULT_REGION",
  "AWS_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_LAMBDA_RUNTIME_API",
  "LAMBDA_TASK_ROOT",
  "LAMBDA_RUNTIME_DIR",
]);

const FunctionInputs = z.looseObject({
  code: z.unknown(),
  handler: z.string(),
  runtime: z.string().startsWith("nodejs"),
  role: z.string(),
  environment: z.object({ variables: z.record(z.string(), z.string()).nullish() }).nullish(),
  timeout: z.number().nullish(),
  memorySize: z.number().nullish(),
  reservedConcurrentExecutions: z.number().nullish(),
});

/** @throws UserError for a function that Lambda would refuse or that cannot run here. */
export async function readFunction(resource: RegisteredResource): Promise<DeclaredFunction> {
  const inputs = inputsOf(resource, FunctionInputs);
  const owner = `the function "${resource.name}"`;
  rejectInputs(owner, inputs, ["layers", "imageUri", "s3Bucket", "vpcConfig"]);
  const variables = inputs.environment?.variables ?? {};
  const reserved = Object.keys(variables).filter((name) => RESERVED_VARIABLES.has(name));
  if (reserved.length > 0) {
    throw new UserError(`${owner} declares ${reserved.join(", ")} in its environment, which Lambda reserves`);
  }
  const declared = inputs.reservedConcurrentExecutions ?? -1;
  return {
    name: outputOf(resource, "name"),
    arn: outputOf(resource, "arn"),
    invokeArn: outputOf(resource, "invokeArn"),
    roleArn: inputs.role,
    handler: await findHandler(inputs.code, inputs.handler, owner),
    variables,
    timeout: inputs.timeout ?? 3,
    memorySize: inputs.memorySize ?? 128,
    concurrency: declared === -1 ? ACCOUNT_CONCURRENCY : declared,
  };
}
