import assert from "node:assert/strict";
import type { OutgoingHttpHeaders } from "node:http";
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { ADMINISTRATOR } from "../../iam/principal";
import type { AccessKey } from "../../aws/credentials";
import { BUCKET, raw, refusal, ROLE, sdkClient, startStorage, type TestStorage } from "./storage-helper";

const Bucket = BUCKET;
const Key = "p_1/a b+c&d='é'.jpg";

interface Signed {
  readonly method: string;
  readonly target: string;
  readonly headers: OutgoingHttpHeaders;
}

/** What the SDK would send, to be changed on the way. */
async function signed(client: S3Client, command: GetObjectCommand): Promise<Signed> {
  let found: Signed | undefined;
  const stop = new Error("not sent");
  const own = Object.assign(Object.create(Object.getPrototypeOf(client) as object) as S3Client, client);
  const middleware = client.middlewareStack.clone();
  middleware.add(
    () => (args) => {
      const request = args.request as {
        method: string;
        path: string;
        query: Record<string, string>;
        headers: OutgoingHttpHeaders;
      };
      const query = Object.entries(request.query).map((pair) => pair.map(encodeURIComponent).join("="));
      found = { method: request.method, target: `${request.path}?${query.join("&")}`, headers: request.headers };
      throw stop;
    },
    { step: "finalizeRequest", priority: "low" },
  );
  own.middlewareStack = middleware;
  await own.send(command).catch((error: unknown) => {
    if (error !== stop) throw error;
  });
  assert.ok(found);
  return found;
}

interface Presigner {
  presign(request: object, options: object): Promise<{ query?: Record<string, unknown> }>;
}

/** A presigned GET, as the SDK's own signer makes it. */
async function presign(
  host: string,
  path: string,
  key: AccessKey,
  expiresIn: number,
  signingDate: Date,
): Promise<string> {
  const client = sdkClient(`http://${host}`, key);
  const signer = (await client.config.signer()) as unknown as Presigner;
  const request = {
    method: "GET",
    protocol: "http:",
    hostname: host,
    path,
    query: {},
    headers: { host, "X-Amz-Content-Sha256": "UNSIGNED-PAYLOAD" },
  };
  const { query = {} } = await signer.presign(request, { expiresIn, signingDate, signingRegion: "eu-central-1" });
  client.destroy();
  return `${path}?${Object.entries(query)
    .map((pair) => pair.map((text) => encodeURIComponent(String(text))).join("="))
    .join("&")}`;
}

const codeOf = (body: Buffer) => /<Code>(\w+)<\/Code>/.exec(body.toString())?.[1];

describe("signatures at the S3 endpoint", () => {
  let test: TestStorage;
  let request: Signed;
  before(async () => {
    test = await startStorage();
    await test.admin.send(new PutObjectCommand({ Bucket, Key, Body: "signed" }));
    request = await signed(test.admin, new GetObjectCommand({ Bucket, Key }));
  });
  after(() => test.close());

  const send = async ({ method, target, headers }: Signed) => {
    const { status, body } = await raw(test.s3, method, target, headers);
    return `${status} ${codeOf(body) ?? body.toString()}`;
  };
  const withHeader = (name: string, value: string) => ({ ...request, headers: { ...request.headers, [name]: value } });
  const authorization = () => String(request.headers.authorization);

  it("accepts what the SDK signed", async () => {
    assert.equal(await send(request), "200 signed");
  });

  it("refuses a request that is not the one that was signed", async () => {
    const bad = "403 SignatureDoesNotMatch";
    assert.equal(
      await send({ ...request, method: "DELETE", target: request.target.replace("GetObject", "DeleteObject") }),
      bad,
    );
    assert.equal(await send({ ...request, target: request.target.replace("a%20b", "a%20c") }), bad);
    assert.equal(await send({ ...request, target: request.target.replace("x-id=GetObject", "x-id=HeadObject") }), bad);
    assert.equal(await send(withHeader("x-amz-content-sha256", "UNSIGNED-PAYLOAD")), bad);
    assert.equal(
      await send(
        withHeader(
          "authorization",
          authorization().replace(/.$/, (c) => (c === "0" ? "1" : "0")),
        ),
      ),
      bad,
    );
    assert.equal(await send(withHeader("authorization", authorization().replace("eu-central-1", "eu-west-1"))), bad);
    const other = test.storage.credentials.issue(ADMINISTRATOR);
    assert.equal(await send(withHeader("authorization", authorization().replace(/AKIA\w+/, other.accessKeyId))), bad);
  });

  it("takes another spelling of the same path for the same", async () => {
    assert.equal(
      await send({ ...request, target: request.target.replace("%27", "'").replace("%2B", "+") }),
      "200 signed",
    );
  });

  it("refuses headers that were added", async () => {
    assert.equal(await send(withHeader("x-amz-tagging", "a=b")), "403 AccessDenied");
  });

  it("refuses unknown, revoked and malformed credentials", async () => {
    const unknown = sdkClient(test.s3.url, { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "secret" });
    assert.equal(await refusal(unknown.send(new GetObjectCommand({ Bucket, Key }))), "403 InvalidAccessKeyId");
    const key = test.storage.credentials.issue(ADMINISTRATOR);
    const client = sdkClient(test.s3.url, key);
    assert.equal(await refusal(client.send(new GetObjectCommand({ Bucket, Key }))), "no error");
    test.storage.credentials.revoke(key.accessKeyId);
    assert.equal(await refusal(client.send(new GetObjectCommand({ Bucket, Key }))), "403 InvalidAccessKeyId");
    assert.equal(
      await send(withHeader("authorization", "AWS4-HMAC-SHA256 nothing")),
      "400 AuthorizationHeaderMalformed",
    );
    assert.equal(await send(withHeader("authorization", "AWS AKIA:signature")), "400 InvalidRequest");
    for (const each of [unknown, client]) each.destroy();
  });

  it("wants a role's session token, the right one", async () => {
    const { accessKeyId, secretAccessKey, sessionToken } = test.storage.credentials.issue(ROLE);
    const read = async (token: string | undefined) => {
      const key = { accessKeyId, secretAccessKey, ...(token === undefined ? {} : { sessionToken: token }) };
      const client = sdkClient(test.s3.url, key);
      const outcome = await refusal(client.send(new GetObjectCommand({ Bucket, Key })));
      client.destroy();
      return outcome;
    };
    assert.equal(await read(sessionToken), "no error");
    assert.equal(await read("another"), "400 InvalidToken");
    assert.equal(await read(undefined), "403 InvalidAccessKeyId");
  });

  it("refuses a clock that is 16 minutes off", async () => {
    const { accessKeyId, secretAccessKey } = test.storage.credentials.issue(ADMINISTRATOR);
    for (const [minutes, expected] of [
      [14, "200 signed"],
      [-14, "200 signed"],
      [16, "403 RequestTimeTooSkewed"],
      [-16, "403 RequestTimeTooSkewed"],
    ] as const) {
      const client = sdkClient(test.s3.url, { accessKeyId, secretAccessKey });
      client.config.systemClockOffset = minutes * 60_000;
      assert.equal(await send(await signed(client, new GetObjectCommand({ Bucket, Key }))), expected);
      client.destroy();
    }
  });

  it("accepts presigned URLs until they expire", async () => {
    const { accessKeyId, secretAccessKey } = test.storage.credentials.issue(ROLE);
    const sign = async (sessionToken: string | undefined, age: number) => {
      const key = { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
      return presign(`127.0.0.1:${test.s3.port}`, `/${BUCKET}/plain.jpg`, key, 60, new Date(Date.now() - age * 1000));
    };
    const { sessionToken } = test.storage.credentials.find(accessKeyId)?.key ?? {};
    await test.admin.send(new PutObjectCommand({ Bucket, Key: "plain.jpg", Body: "presigned" }));
    const open = async (target: string, method = "GET") => {
      const { status, body } = await raw(test.s3, method, target);
      return `${status} ${codeOf(body) ?? body.toString()}`;
    };
    assert.equal(await open(await sign(sessionToken, 0)), "200 presigned");
    assert.equal(await open(await sign(sessionToken, 50)), "200 presigned");
    assert.equal(await open(await sign(sessionToken, 70)), "403 AccessDenied");
    assert.equal(await open(await sign(undefined, 0)), "403 InvalidAccessKeyId");
    assert.equal(await open(await sign(sessionToken, 0), "DELETE"), "403 SignatureDoesNotMatch");
    assert.equal(
      await open((await sign(sessionToken, 0)).replace("X-Amz-Expires=60", "X-Amz-Expires=600")),
      "403 SignatureDoesNotMatch",
    );
    assert.equal(
      await open((await sign(sessionToken, 0)).replace("X-Amz-Expires=60", "X-Amz-Expires=700000")),
      "400 AuthorizationQueryParametersError",
    );
  });

  it("tells whose calls they are by the key", async () => {
    const key = test.storage.credentials.issue(ROLE);
    const client = sdkClient(test.s3.url, key);
    test.storage.credentials.setRequestId(key.accessKeyId, "viewer-7");
    test.hops.length = 0;
    await client.send(new GetObjectCommand({ Bucket, Key }));
    assert.deepEqual(
      test.hops.map(({ requestId, part, entry }) => [requestId, part, entry]),
      [
        ["viewer-7", "iam", undefined],
        ["viewer-7", "s3", false],
      ],
    );
    test.storage.credentials.setRequestId(key.accessKeyId, undefined);
    await client.send(new GetObjectCommand({ Bucket, Key }));
    assert.notEqual(test.hops.at(-1)?.requestId, "viewer-7");
    assert.equal(test.hops.at(-1)?.entry, true);
    client.destroy();
  });
});
