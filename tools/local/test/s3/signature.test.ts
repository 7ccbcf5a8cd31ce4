import assert from "node:assert/strict";
import type { OutgoingHttpHeaders } from "node:http";
import { GetObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { ADMINISTRATOR } from "../../iam/iam";
import type { AccessKey } from "../../aws/credentials";
import { freedAfterAll } from "../support/freed";
import { BUCKET, raw, errorOf, ROLE, sdkClient, startStorage, type TestStorage } from "./storage-helper";

const Bucket = BUCKET;
const Key = "p_1/a b+c&d='é'.jpg";

interface Signed {
  readonly method: string;
  readonly target: string;
  readonly headers: OutgoingHttpHeaders;
}

/** Returns the request that the SDK would send, to be changed on the way. */
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

/** Returns a presigned GET of the SDK's own signer. */
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
  const free = freedAfterAll();
  let test: TestStorage;
  let request: Signed;
  before(async () => {
    test = await startStorage(free);
    await test.admin.send(new PutObjectCommand({ Bucket, Key, Body: "signed" }));
    request = await signed(test.admin, new GetObjectCommand({ Bucket, Key }));
  });

  const send = async ({ method, target, headers }: Signed) => {
    const { status, body } = await raw(test.s3, method, target, headers);
    return `${status} ${codeOf(body) ?? body.toString()}`;
  };
  const withHeader = (name: string, value: string) => ({ ...request, headers: { ...request.headers, [name]: value } });
  const authorization = () => String(request.headers.authorization);

  it("accepts what the SDK signed", async () => {
    assert.equal(await send(request), "200 signed");
  });

  it("rejects a request that differs from the signed one", async () => {
    const { target } = request;
    const other = test.storage.credentials.issue(ADMINISTRATOR);
    const changed = (change: (header: string) => string) => withHeader("authorization", change(authorization()));
    for (const each of [
      { ...request, method: "DELETE", target: target.replace("GetObject", "DeleteObject") },
      { ...request, target: target.replace("a%20b", "a%20c") },
      { ...request, target: target.replace("x-id=GetObject", "x-id=HeadObject") },
      withHeader("x-amz-content-sha256", "UNSIGNED-PAYLOAD"),
      changed((header) => header.replace(/.$/, (digit) => (digit === "0" ? "1" : "0"))),
      changed((header) => header.slice(0, -1)),
      changed((header) => header.replace("eu-central-1", "eu-west-1")),
      changed((header) => header.replace(/AKIA\w+/, other.accessKeyId)),
    ]) {
      assert.equal(await send(each), "403 SignatureDoesNotMatch", JSON.stringify(each));
    }
  });

  it("accepts another spelling of the same path", async () => {
    const target = request.target.replace("%27", "'").replace("%2B", "+");
    assert.equal(await send({ ...request, target }), "200 signed");
  });

  it("rejects headers that were added", async () => {
    assert.equal(await send(withHeader("x-amz-tagging", "a=b")), "403 AccessDenied");
  });

  it("rejects unknown, revoked and malformed credentials", async () => {
    const outcome = async (key: AccessKey) => {
      const client = sdkClient(test.s3.url, key);
      return errorOf(client.send(new GetObjectCommand({ Bucket, Key }))).finally(() => {
        client.destroy();
      });
    };
    const unknown = { accessKeyId: "AKIAUNKNOWN", secretAccessKey: "secret" };
    assert.equal(await outcome(unknown), "403 InvalidAccessKeyId");
    const key = test.storage.credentials.issue(ADMINISTRATOR);
    assert.equal(await outcome(key), "no error");
    test.storage.credentials.revoke(key.accessKeyId);
    assert.equal(await outcome(key), "403 InvalidAccessKeyId");
    const { sessionToken = "", ...ofRole } = test.storage.credentials.issue(ROLE);
    assert.equal(await outcome({ ...ofRole, sessionToken }), "no error");
    assert.equal(await outcome({ ...ofRole, sessionToken: "another" }), "400 InvalidToken");
    assert.equal(await outcome(ofRole), "403 InvalidAccessKeyId");
    for (const [header, expected] of [
      ["AWS4-HMAC-SHA256 nothing", "400 AuthorizationHeaderMalformed"],
      [authorization().replace("/s3/", "/cloudfront/"), "400 AuthorizationHeaderMalformed"],
      ["AWS AKIA:signature", "400 InvalidRequest"],
    ] as const) {
      assert.equal(await send(withHeader("authorization", header)), expected);
    }
  });

  for (const [minutes, expected] of [
    [14, "200 signed"],
    [-14, "200 signed"],
    [16, "403 RequestTimeTooSkewed"],
    [-16, "403 RequestTimeTooSkewed"],
  ] as const) {
    it(`answers ${expected} to a clock that is ${minutes} minutes off`, async () => {
      const client = sdkClient(test.s3.url, test.storage.credentials.issue(ADMINISTRATOR));
      client.config.systemClockOffset = minutes * 60_000;
      assert.equal(await send(await signed(client, new GetObjectCommand({ Bucket, Key }))), expected);
      client.destroy();
    });
  }

  it("accepts presigned URLs until they expire", async () => {
    await test.admin.send(new PutObjectCommand({ Bucket, Key: "plain.jpg", Body: "presigned" }));
    const { sessionToken = "", ...key } = test.storage.credentials.issue(ROLE);
    const sign = (ageSeconds: number, token: object = { sessionToken }) => {
      const signingDate = new Date(Date.now() - ageSeconds * 1000);
      return presign(`127.0.0.1:${test.s3.port}`, `/${BUCKET}/plain.jpg`, { ...key, ...token }, 60, signingDate);
    };
    const open = (target: string, method = "GET") => send({ method, target, headers: {} });
    assert.equal(await open(await sign(0)), "200 presigned");
    assert.equal(await open(await sign(-600)), "200 presigned");
    assert.equal(await open(await sign(3600)), "403 AccessDenied");
    assert.equal(await open(await sign(-3600)), "403 RequestTimeTooSkewed");
    assert.equal(await open(await sign(0, {})), "403 InvalidAccessKeyId");
    assert.equal(await open(await sign(0), "DELETE"), "403 SignatureDoesNotMatch");
    const longer = (seconds: number) => sign(0).then((url) => url.replace("Expires=60", `Expires=${seconds}`));
    assert.equal(await open(await longer(600)), "403 SignatureDoesNotMatch");
    assert.equal(await open(await longer(700_000)), "400 AuthorizationQueryParametersError");
  });

  it("assigns calls to the client's request by their key", async () => {
    const key = test.storage.credentials.issue(ROLE);
    const client = sdkClient(test.s3.url, key);
    test.storage.credentials.setRequestId(key.accessKeyId, "viewer-7");
    test.hops.length = 0;
    const read = async () => {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
      // The call is reported before the last byte.
      await Body?.transformToString();
    };
    await read();
    assert.deepEqual(
      test.hops.map(({ requestId, part, entry }) => [requestId, part, entry]),
      [
        ["viewer-7", "iam", undefined],
        ["viewer-7", "s3", false],
      ],
    );
    test.storage.credentials.setRequestId(key.accessKeyId, undefined);
    await read();
    assert.notEqual(test.hops.at(-1)?.requestId, "viewer-7");
    assert.equal(test.hops.at(-1)?.entry, true);
    client.destroy();
  });
});
