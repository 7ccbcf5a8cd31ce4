import path from "node:path";
import { DeleteObjectCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { bundleFunction } from "../../../infra/packaging/bundle";
import { runProgram } from "@image-resizer/lib/program";
import { ROOT } from "@image-resizer/lib/root";
import { ADMINISTRATOR, rolePrincipal } from "@image-resizer/local/iam/iam";
import { linkOriginals } from "@image-resizer/local/s3/originals";
import { openStorage, type S3Operation } from "@image-resizer/local/s3/storage";
import { Trace } from "@image-resizer/local/trace";
import { resizerOf } from "./stack";

const OPERATIONS: readonly S3Operation[] = ["GetObject", "HeadObject", "PutObject", "ListObjectsV2", "DeleteObject"];

/** Bucket of a stack in a local S3, with originals in it, and what the resizer needs to reach it. */
export interface StackStore {
  /** Environment of the resizer as the stack declares it, with keys of the declared role for the local S3. */
  readonly environment: Readonly<Record<string, string>>;
  /** Bundle of the resizer, as it is deployed. */
  readonly bundle: string;
  /** Returns the number of S3 calls so far, by operation. */
  calls(): Record<string, number>;
  read(key: string): Promise<Uint8Array>;
  remove(key: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the bucket of the prod stack with `specs` on the allow-list.
 * @param folder its images become originals, their paths the keys
 */
export async function openStackStore(specs: readonly string[], folder: string): Promise<StackStore> {
  const sizes = [...new Set(specs.map((spec) => spec.split(".")[0]))];
  const formats = [...new Set(specs.flatMap((spec) => spec.split(".")[1] ?? []))];
  const run = await runProgram({ stack: "prod", config: { sizes, formats, "image.maxInputPixels": 268_000_000 } });
  const storage = await openStorage({ run, trace: new Trace() });
  const { url } = await storage.startS3(0);
  const { environment, role, settings } = resizerOf(run);
  const { bucket } = settings;
  await linkOriginals(storage.objects(bucket), folder);

  const { accessKeyId, secretAccessKey, sessionToken } = storage.credentials.issue(rolePrincipal(role));
  const administrator = new S3Client({
    endpoint: url,
    region: run.region,
    forcePathStyle: true,
    credentials: storage.credentials.issue(ADMINISTRATOR),
  });
  const resizer = path.join(ROOT, "dist/bench/resizer.js");
  await bundleFunction("resizer", resizer);
  return {
    bundle: resizer,
    environment: {
      ...environment,
      AWS_REGION: run.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      ...(sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: sessionToken }),
      AWS_ENDPOINT_URL_S3: url,
      // In Lambda the function has the declared Node, whatever this machine has.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    },
    calls: () => Object.fromEntries(OPERATIONS.map((operation) => [operation, storage.count(operation)])),
    read: async (key) => {
      const { Body } = await administrator.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    },
    remove: async (key) => {
      await administrator.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    close: async () => {
      administrator.destroy();
      await storage.close();
    },
  };
}
