import { readFileSync } from "node:fs";
import type { S3ClientConfig } from "@aws-sdk/client-s3";
import { z } from "zod";
import { type AllowList, FORMATS } from "../../functions/variant-key";
import { UserError } from "@image-resizer/lib/user-error";
import type { Arguments } from "./arguments";
import { pulumiOutputs } from "./pulumi-outputs";

/** The stack whose variants are made. */
export interface Target {
  /** The stack's name, or `local`. */
  readonly name: string;
  /** URLs without a slash at the end. */
  readonly cdnUrl: string;
  readonly apiUrl: string;
  readonly bucket: string;
  readonly allowList: AllowList;
  /** How to list the bucket. */
  readonly s3: S3ClientConfig;
  /** Tells one start of the local stack from the next, whose bucket is another; empty for a deployed stack. */
  readonly session: string;
}

const AllowListOutput = z.object({
  sizes: z.union([z.literal("any"), z.array(z.string())]),
  formats: z.array(z.enum(FORMATS)),
  maxDimension: z.number(),
});
const StackOutputs = z.object({
  cdnUrl: z.url(),
  apiUrl: z.url(),
  bucketName: z.string().min(1),
  allowList: AllowListOutput,
});
const LocalEndpoints = z.object({
  cdn: z.url(),
  api: z.url(),
  s3: z.url(),
  bucket: z.string().min(1),
  accessKeyId: z.string().min(1),
  secretAccessKey: z.string().min(1),
  allowList: AllowListOutput,
});

/** The local S3 has no regions; an SDK wants one. */
const LOCAL_REGION = "us-east-1";

/** @throws UserError where the stack cannot be found, or is not deployed */
export async function findTarget(where: Arguments["where"]): Promise<Target> {
  return "local" in where ? localTarget(where.local) : deployedTarget(where.stack, await pulumiOutputs(where.stack));
}

/**
 * A stack by its outputs. Whoever runs this lists the bucket with the credentials that the AWS SDK finds.
 * @throws UserError for outputs that are not this program's
 */
export function deployedTarget(stack: string, outputs: unknown): Target {
  const parsed = StackOutputs.safeParse(outputs);
  if (!parsed.success) {
    throw new UserError(
      `the stack ${stack} has no usable output ${firstField(parsed.error)}: deploy it with pulumi up`,
    );
  }
  const { cdnUrl, apiUrl, bucketName, allowList } = parsed.data;
  // The bucket is where the API is, and that address names the region.
  const region = /\.execute-api\.([a-z0-9-]+)\./.exec(apiUrl)?.[1];
  if (region === undefined) throw new UserError(`the stack ${stack} has an apiUrl that names no region: ${apiUrl}`);
  return { name: stack, cdnUrl, apiUrl, bucket: bucketName, allowList, s3: { region }, session: "" };
}

function localTarget(file: string): Target {
  const parsed = LocalEndpoints.safeParse(endpointsIn(file));
  if (!parsed.success) {
    throw new UserError(
      `${file} has no line of npm start -- --json in it, with ${firstField(parsed.error)} among the rest`,
    );
  }
  const { cdn, api, s3, bucket, accessKeyId, secretAccessKey, allowList } = parsed.data;
  return {
    name: "local",
    cdnUrl: cdn,
    apiUrl: api,
    bucket,
    allowList,
    s3: { endpoint: s3, region: LOCAL_REGION, credentials: { accessKeyId, secretAccessKey } },
    session: accessKeyId,
  };
}

/** The line of JSON in the file. npm may have said what it runs before it. */
function endpointsIn(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`the file ${file} cannot be read: ${(error as Error).message}`);
  }
  const line = text.split("\n").find((candidate) => candidate.startsWith("{"));
  try {
    return line === undefined ? {} : JSON.parse(line);
  } catch {
    return {};
  }
}

function firstField({ issues }: z.ZodError): string {
  return issues[0]?.path.join(".") ?? "";
}
