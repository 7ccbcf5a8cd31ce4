import path from "node:path";
import type { AccessKey } from "../aws/credentials";
import type { DeclaredFunction } from "./declared-function";

const VERSION = "$LATEST";

/** Returns the variables that Lambda itself sets. (Lambda developer guide, defined runtime environment variables) */
export function lambdaEnvironment(declared: DeclaredFunction, region: string, key: AccessKey): Record<string, string> {
  return {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    LANG: "en_US.UTF-8",
    TZ: ":UTC",
    _HANDLER: `${path.parse(declared.handler.file).name}.${declared.handler.exportName}`,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: declared.name,
    AWS_LAMBDA_FUNCTION_VERSION: VERSION,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(declared.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: logGroup(declared),
    AWS_LAMBDA_LOG_STREAM_NAME: logStream(key),
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    ...(key.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: key.sessionToken }),
  };
}

/** Returns the handler's second argument, without its clock. (Lambda developer guide, Node.js context object) */
export function lambdaContext(declared: DeclaredFunction, requestId: string, key: AccessKey) {
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: declared.name,
    functionVersion: VERSION,
    invokedFunctionArn: declared.arn,
    logGroupName: logGroup(declared),
    logStreamName: logStream(key),
    memoryLimitInMB: String(declared.memoryMb),
  };
}

/** Returns a request's id in X-Ray's form, which has the same 32 digits. */
export function traceIdOf(requestId: string): string {
  const digits = requestId.replaceAll("-", "");
  return `Root=1-${digits.slice(0, 8)}-${digits.slice(8)}`;
}

function logGroup({ name }: DeclaredFunction): string {
  return `/aws/lambda/${name}`;
}

function logStream(key: AccessKey): string {
  return `[${VERSION}]${key.accessKeyId}`;
}
