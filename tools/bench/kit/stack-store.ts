import { DeleteObjectCommand, GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { readSettings } from "../../../functions/resizer/settings";
import { bundleFunction } from "../../../infra/packaging/bundle";
import { ofType } from "@image-resizer/local/declared";
import { ADMINISTRATOR, rolePrincipal } from "@image-resizer/local/iam/principal";
import { runProgram } from "@image-resizer/lib/program";
import { openStorage, type S3Operation } from "@image-resizer/local/s3/storage";
import { Trace } from "@image-resizer/local/trace";
import path from "node:path";
import { ROOT } from "./files";

const OPERATIONS: readonly S3Operation[] = ["GetObject", "HeadObject", "PutObject", "ListObjectsV2", "DeleteObject"];

/** The SDK warns that it will soon want a newer Node than the oldest that the project runs on; Lambda has one. */
const QUIET = { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" };

/** A stack's bucket behind the local S3, its originals in it, and what the function needs to reach it. */
export interface StackStore {
  /** The function's environment as the stack declares it, with keys of the declared role for the local S3. */
  readonly environment: Readonly<Record<string, string>>;
  /** The function's bundle, as it is deployed. */
  readonly bundle: string;
  /** S3 calls so far, by kind. */
  calls(): Record<string, number>;
  read(key: string): Promise<Uint8Array>;
  remove(key: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the bucket of a stack whose config is the prod stack's with `specs` on the allow-list.
 * @param folder its pictures become originals, their paths the keys
 */
export async function openStackStore(specs: readonly string[], folder: string): Promise<StackStore> {
  const sizes = [...new Set(specs.map((spec) => spec.split(".")[0]))];
  const formats = [...new Set(specs.flatMap((spec) => spec.split(".")[1] ?? []))];
  const run = await runProgram({ stack: "prod", config: { sizes, formats, "image.maxInputPixels": 268_000_000 } });
  const storage = await openStorage({ run, trace: new Trace() });
  const { url } = await storage.startS3(0);
  const resizer = ofType(run.resources, "aws:lambda/function:Function").find(({ inputs }) =>
    variablesOf(inputs).SETTINGS?.includes('"maxInputPixels"'),
  );
  const variables = variablesOf(resizer?.inputs ?? {});
  const { bucket } = readSettings(variables);
  await storage.putOriginals(bucket, folder);

  Object.assign(process.env, QUIET);
  const role = storage.credentials.issue(rolePrincipal(String(resizer?.inputs.role)));
  const administrator = new S3Client({
    endpoint: url,
    region: run.region,
    forcePathStyle: true,
    credentials: storage.credentials.issue(ADMINISTRATOR),
  });
  const bundle = path.join(ROOT, "dist/bench/resizer.js");
  await bundleFunction("resizer", bundle);
  return {
    bundle,
    environment: {
      ...variables,
      AWS_REGION: run.region,
      AWS_ACCESS_KEY_ID: role.accessKeyId,
      AWS_SECRET_ACCESS_KEY: role.secretAccessKey,
      ...(role.sessionToken === undefined ? {} : { AWS_SESSION_TOKEN: role.sessionToken }),
      AWS_ENDPOINT_URL_S3: url,
      ...QUIET,
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

function variablesOf(inputs: Readonly<Record<string, unknown>>): Record<string, string> {
  const { variables } = (inputs.environment ?? {}) as { variables?: Record<string, string> };
  return variables ?? {};
}
