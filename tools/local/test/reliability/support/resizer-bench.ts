import { ListObjectsV2Command, PutObjectCommand, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { createHandler, type Handler } from "../../../../../functions/resizer/handler";
import { readSettings, type Settings } from "../../../../../functions/resizer/settings";
import { S3Store } from "../../../../../functions/resizer/store";
import { ADMINISTRATOR, type Principal, rolePrincipal } from "../../../iam/iam";
import type { ProgramOptions } from "@image-resizer/lib/program";
import { openStorage, type Storage } from "../../../s3/storage";
import { type Hop, Trace } from "../../../trace";
import { register, type Registered } from "../../../../../test/support/program";

/** Resizer of a stack in this process, in front of the local S3 with the declared role and policies. */
export interface ResizerBench {
  readonly stack: Registered;
  readonly storage: Storage;
  readonly s3Url: string;
  /** Declared environment of the function. */
  readonly variables: Readonly<Record<string, string>>;
  readonly settings: Settings;
  readonly administrator: S3Client;
  /** Role of the function. */
  readonly role: Principal;
  readonly asRole: S3Client;
  readonly handler: Handler;
  /** Calls that S3 has answered since the list was last emptied. */
  readonly calls: Hop[];
  client(principal: Principal, config?: S3ClientConfig): S3Client;
  put(key: string, body: Buffer): Promise<void>;
  /** Returns the keys of the bucket. */
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

/** More time than any request needs, in milliseconds. */
const REMAINING_MS = 600_000;

/** Sends a query string to a handler. */
export function ask(handler: Handler, rawQueryString: string) {
  return handler({ rawQueryString }, { awsRequestId: "request-1", getRemainingTimeInMillis: () => REMAINING_MS });
}

/** Returns the error code of a response's body. */
export function errorCode({ body }: { readonly body?: string | undefined }): string | undefined {
  return body === undefined ? undefined : (JSON.parse(body) as { error: string }).error;
}
