import type { OutgoingHttpHeaders } from "node:http";
import { S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { ADMINISTRATOR, rolePrincipal, type Principal } from "../../iam/iam";
import { LOCAL_ACCOUNT_ID, type RegisteredResource } from "@image-resizer/lib/program";
import type { AccessKey } from "../../aws/credentials";
import type { LocalServer } from "../../http/server";
import { openStorage, type Storage } from "../../s3/storage";
import { type Hop, Trace } from "../../trace";
import { type Answer, ask } from "../support/http";
import { resource } from "../support/resources";

export const BUCKET = "photos";
export const ROLE_ARN = `arn:aws:iam::${LOCAL_ACCOUNT_ID}:role/resizer-1a2b3c4`;
export const ROLE = rolePrincipal(ROLE_ARN);
export const API_HOST = "k28ihy1li5.execute-api.eu-central-1.amazonaws.com";

type Inputs = Record<string, unknown>;

/** Declarations of a stack, each of which a test may replace. */
export interface Declared {
  readonly roleStatements: readonly object[];
  readonly bucketStatements: readonly object[] | undefined;
  readonly publicAccessBlock: Inputs | undefined;
  readonly website: Inputs | undefined;
}

export const DECLARED: Declared = {
  roleStatements: [
    { Sid: "ReadOriginals", Effect: "Allow", Action: "s3:GetObject", Resource: `arn:aws:s3:::${BUCKET}/*` },
    {
      Sid: "WriteVariants",
      Effect: "Allow",
      Action: ["s3:PutObject", "s3:AbortMultipartUpload"],
      Resource: [`arn:aws:s3:::${BUCKET}/*/640w/*`, `arn:aws:s3:::${BUCKET}/640w/*`],
    },
  ],
  bucketStatements: [
    {
      Sid: "ReadObjects",
      Effect: "Allow",
      Principal: "*",
      Action: "s3:GetObject",
      Resource: `arn:aws:s3:::${BUCKET}/*`,
    },
    {
      Sid: "DenyWritesWithoutTls",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:PutObject", "s3:DeleteObject"],
      Resource: `arn:aws:s3:::${BUCKET}/*`,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ],
  publicAccessBlock: { blockPublicPolicy: false, restrictPublicBuckets: false },
  website: {
    indexDocument: { suffix: "index.html" },
    routingRules: [
      {
        condition: { httpErrorCodeReturnedEquals: "404" },
        redirect: {
          protocol: "https",
          hostName: API_HOST,
          httpRedirectCode: "307",
          replaceKeyPrefixWith: "prod/resizer?key=",
        },
      },
    ],
  },
};

export function policy(Statement: readonly object[]): string {
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

export const LAMBDA_TRUST = policy([
  { Effect: "Allow", Principal: { Service: "lambda.amazonaws.com" }, Action: "sts:AssumeRole" },
]);

/** The role of a stack's function. */
export function roleResource(inputs: Inputs = {}): RegisteredResource {
  const name = "resizer-1a2b3c4";
  const outputs = { id: name, name, arn: ROLE_ARN };
  return resource("aws:iam/role:Role", "resizer", { assumeRolePolicy: LAMBDA_TRUST, ...inputs }, outputs);
}

/** Resources that a stack registers. */
export function declaredResources(changes: Partial<Declared> = {}): RegisteredResource[] {
  const { roleStatements, bucketStatements, publicAccessBlock, website } = { ...DECLARED, ...changes };
  const bucket = BUCKET;
  const list = [
    resource("aws:s3/bucket:Bucket", "images", { bucket }, { id: bucket, bucket }),
    roleResource(),
    resource("aws:iam/rolePolicy:RolePolicy", "resizer", { role: "resizer-1a2b3c4", policy: policy(roleStatements) }),
  ];
  if (bucketStatements) {
    list.push(resource("aws:s3/bucketPolicy:BucketPolicy", "images", { bucket, policy: policy(bucketStatements) }));
  }
  if (publicAccessBlock) {
    const type = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock";
    list.push(resource(type, "images", { bucket, ...publicAccessBlock }));
  }
  if (website) {
    const type = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration";
    list.push(resource(type, "images", { bucket, ...website }));
  }
  return list;
}

/** An open storage with both endpoints and their reports. */
export interface TestStorage {
  readonly storage: Storage;
  readonly s3: LocalServer;
  readonly website: LocalServer;
  readonly hops: Hop[];
  readonly admin: S3Client;
  client(principal: Principal): S3Client;
}

/** Opens a storage, which `free` closes. */
export async function startStorage(
  free: (close: () => unknown) => void,
  resources = declaredResources(),
): Promise<TestStorage> {
  const trace = new Trace();
  const hops: Hop[] = [];
  trace.listen((hop) => hops.push(hop));
  const storage = await openStorage({ run: { resources, accountId: LOCAL_ACCOUNT_ID }, trace });
  free(() => storage.close());
  const s3 = await storage.startS3(0);
  const localize = (location: string) => location.replace(`https://${API_HOST}`, "http://127.0.0.1:9");
  const website = await storage.startWebsite(BUCKET, 0, localize);
  const client = (principal: Principal) => {
    const created = sdkClient(s3.url, storage.credentials.issue(principal));
    free(() => {
      created.destroy();
    });
    return created;
  };
  return { storage, s3, website, hops, admin: client(ADMINISTRATOR), client };
}

/** Creates a client without retries and log messages. */
export function sdkClient(endpoint: string, credentials: AccessKey): S3Client {
  const quiet = () => undefined;
  const logger = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  return new S3Client({ endpoint, region: "eu-central-1", credentials, maxAttempts: 1, logger });
}

/** Returns status and code of the error of a call; `no error` without one. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    if (error instanceof S3ServiceException) return `${error.$metadata.httpStatusCode ?? 0} ${error.name}`;
    throw error;
  }
  return "no error";
}

/** Sends an HTTP request whose target is sent unchanged. */
export function raw(
  { url }: LocalServer,
  method: string,
  target: string,
  headers: OutgoingHttpHeaders = {},
  body?: Buffer,
): Promise<Answer> {
  return ask(url + target, { method, headers, body });
}
