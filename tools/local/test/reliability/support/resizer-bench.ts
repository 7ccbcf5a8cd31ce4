import { ListObjectsV2Command, PutObjectCommand, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { createHandler, type Handler } from "../../../../../functions/resizer/handler";
import { readSettings, type Settings } from "../../../../../functions/resizer/settings";
import { S3Store } from "../../../../../functions/resizer/store";
import { ADMINISTRATOR, type Principal, rolePrincipal } from "../../../iam/principal";
import type { ProgramOptions } from "@image-resizer/lib/program";
import { openStorage, type Storage } from "../../../s3/storage";
import { type Hop, Trace } from "../../../trace";
import { register, type Registered } from "../../../../../test/support/program";

/** A stack's resizer in this process, in front of the local S3 with the declared role and policies. */
export interface ResizerBench {
  readonly stack: Registered;
  readonly storage: Storage;
  readonly s3Url: string;
  /** The function's declared environment. */
  readonly variables: Readonly<Record<string, string>>;
  readonly settings: Settings;
  readonly administrator: S3Client;
  /** The function's role. */
  readonly role: Principal;
  readonly asRole: S3Client;
  readonly handler: Handler;
  /** Every call that S3 has answered since `hops` was last emptied, IAM's decisions left out. */
  readonly calls: Hop[];
  client(principal: Principal, config?: S3ClientConfig): S3Client;
  put(key: string, body: Buffer): Promise<void>;
  /** The bucket's keys, as an administrator sees them. */
  keys(): Promise<string[]>;
  close(): Promise<void>;
}

export async function openBench(options: ProgramOptions): Promise<ResizerBench> {
  const stack = await register(options);
  const trace = new Trace();
  const calls: Hop[] = [];
  trace.listen((hop) => {
    if (hop.part === "s3") calls.push(hop);
  });
  const storage = await openStorage({ run: stack.run, trace });
  const { url: s3Url } = await storage.startS3(0);
  const clients: S3Client[] = [];
  const client = (principal: Principal, config: S3ClientConfig = {}) => {
    const credentials = storage.credentials.issue(principal);
    const created = new S3Client({
      endpoint: s3Url,
      region: stack.run.region,
      forcePathStyle: true,
      credentials,
      ...config,
    });
    clients.push(created);
    return created;
  };
  const { variables } = stack.one("Function").inputs.environment as { variables: Record<string, string> };
  const settings = readSettings(variables);
  const administrator = client(ADMINISTRATOR);
  const role = rolePrincipal(String(stack.one("Role").outputs.arn));
  const asRole = client(role);
  return {
    stack,
    storage,
    s3Url,
    variables,
    settings,
    administrator,
    role,
    asRole,
    handler: createHandler(settings, new S3Store(asRole, settings)),
    calls,
    client,
    put: async (key, body) => {
      await administrator.send(new PutObjectCommand({ Bucket: settings.bucket, Key: key, Body: body }));
    },
    keys: () => listKeys(administrator, settings.bucket),
    close: async () => {
      for (const each of clients) each.destroy();
      await storage.close();
    },
  };
}

async function listKeys(client: S3Client, bucket: string): Promise<string[]> {
  const keys: string[] = [];
  for (let token: string | undefined, more = true; more; more = token !== undefined) {
    const page = await client.send(
      new ListObjectsV2Command({ Bucket: bucket, ...(token === undefined ? {} : { ContinuationToken: token }) }),
    );
    keys.push(...(page.Contents ?? []).map(({ Key }) => String(Key)));
    token = page.NextContinuationToken;
  }
  return keys;
}

/** Asks a handler, with so much time left. */
export function ask(handler: Handler, rawQueryString: string, remainingMs = 15_000) {
  const end = Date.now() + remainingMs;
  const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => Math.max(0, end - Date.now()) };
  return handler({ rawQueryString }, context);
}

/** The error code in a refusal's body. */
export function errorCode({ body }: { readonly body?: string | undefined }): string | undefined {
  return body === undefined ? undefined : (JSON.parse(body) as { error: string }).error;
}

/** Runs `work` without the lines that the handler logs, and returns those. */
export async function quietly<T>(work: () => Promise<T>): Promise<{ result: T; lines: string[] }> {
  const lines: string[] = [];
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (line: string | Uint8Array) => {
    lines.push(String(line));
    return true;
  };
  try {
    return { result: await work(), lines };
  } finally {
    process.stdout.write = write;
  }
}
