import { readFileSync } from "node:fs";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { z } from "zod";
import { FORMATS } from "../../functions/variant-key";
import { pulumiOutputs } from "./pulumi-outputs";
import { UserError } from "./user-error";

/** The local S3 has no regions, but the SDK needs one. */
const LOCAL_REGION = "us-east-1";

const Text = z.string().min(1);
const AllowListOutput = z.object({
  sizes: z.union([z.literal("any"), z.array(z.string())]),
  retiredSizes: z.array(z.string()).exactOptional(),
  formats: z.array(z.enum(FORMATS)),
  maxDimension: z.number(),
});
/** Outputs of a stack; the URLs have no slash at the end. */
const StackOutputs = z.object({
  ...{ cdnUrl: z.url(), apiUrl: z.url(), bucketName: Text, allowList: AllowListOutput },
  /** Null with `cdn.delivery: failover`. */
  websiteEndpoint: z.url().nullable(),
  /** Missing in stacks of before the output. */
  purgeOnChange: z.boolean().default(false),
});
const LocalEndpoints = z.object({
  ...{ cdn: z.url(), api: z.url(), s3: z.url(), bucket: Text },
  accessKeyId: Text,
  secretAccessKey: Text,
  allowList: AllowListOutput,
  ...{ website: z.url().nullable().default(null), purgeOnChange: z.boolean().default(false) },
});

/** The stack that a tool works on: its outputs, its name (or `local`) and the way to its bucket. */
export interface Target extends z.infer<typeof StackOutputs> {
  readonly name: string;
  readonly s3: S3ClientConfig;
  /** URL of S3, without a slash at the end. */
  readonly s3Url: string;
}

/** @throws UserError if the stack is not there or not deployed */
export async function findTarget(stack: string | undefined, local: string | undefined): Promise<Target> {
  if (stack !== undefined && local === undefined) return deployedTarget(stack, await pulumiOutputs(stack));
  if (local !== undefined && stack === undefined) return localTarget(local);
  throw new UserError("one of --stack NAME and --local FILE must name the stack");
}

/**
 * Returns a stack by its outputs. Its bucket is read and written with the credentials that the AWS SDK finds.
 * @throws UserError for outputs of another program
 */
export function deployedTarget(stack: string, outputs: unknown): Target {
  const parsed = StackOutputs.safeParse(outputs);
  if (!parsed.success) {
    throw new UserError(`stack ${stack} has no valid output ${firstField(parsed.error)}: deploy it with pulumi up`);
  }
  const { apiUrl } = parsed.data;
  // The bucket is in the region of the API, whose host names it.
  const region = /\.execute-api\.([a-z0-9-]+)\./.exec(apiUrl)?.[1];
  if (region === undefined) throw new UserError(`output apiUrl of stack ${stack} is ${apiUrl}, which has no region`);
  return { ...parsed.data, name: stack, s3: { region }, s3Url: `https://s3.${region}.amazonaws.com` };
}

function localTarget(file: string): Target {
  const parsed = LocalEndpoints.safeParse(endpointsIn(file));
  if (!parsed.success) {
    const field = firstField(parsed.error);
    throw new UserError(
      `--local is "${file}": allowed is a file with the output of npm start -- --json, but ${field} is missing`,
    );
  }
  const { cdn, api, s3, bucket, accessKeyId, secretAccessKey, website, ...rest } = parsed.data;
  const client = { endpoint: s3, region: LOCAL_REGION, credentials: { accessKeyId, secretAccessKey } };
  const urls = { cdnUrl: cdn, apiUrl: api, websiteEndpoint: website, s3Url: s3 };
  return { ...urls, ...rest, bucketName: bucket, name: "local", s3: client };
}

/** Returns the line of JSON in a file; npm may have printed lines before it. */
function endpointsIn(file: string): unknown {
  try {
    const lines = readFileSync(file, "utf8").split("\n");
    return JSON.parse(lines.find((line) => line.startsWith("{")) ?? "{}");
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw new UserError(`--local is "${file}", which cannot be read: ${(error as Error).message}`);
  }
}

function firstField({ issues }: z.ZodError): string {
  return issues[0]?.path.join(".") ?? "";
}
