import assert from "node:assert/strict";
import http from "node:http";
import { HeadObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { rehearse } from "../../../functions/resizer/first-use";
import { S3Store } from "../../../functions/resizer/store";

const STORE = { bucket: "images", maxInputBytes: 1000, cacheControl: "no-cache", expireVariants: true };

describe("the first use of the S3 client", () => {
  let sent: (string | undefined)[] = [];
  const server = http.createServer(({ method }, response) => {
    sent.push(method);
    response.end();
  });
  let client: S3Client;
  let signed: string[] = [];

  before(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    client = new S3Client({
      endpoint: `http://127.0.0.1:${port}`,
      region: "eu-central-1",
      credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    });
    client.middlewareStack.add(
      (next) => (args) => {
        const { headers, method } = args.request as { headers: Record<string, string>; method: string };
        if (headers.authorization?.startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")) signed.push(method);
        return next(args);
      },
      { step: "finalizeRequest", priority: "low" },
    );
  });

  beforeEach(() => {
    sent = [];
    signed = [];
  });

  after(() => {
    client.destroy();
    server.close();
  });

  it("signs the calls of a miss before Node turns to the next event, and sends none", async () => {
    let done = false;
    const rehearsed = rehearse(client, new S3Store(client, STORE)).then(() => (done = true));
    await new Promise(setImmediate);
    assert.deepEqual({ done, signed, sent }, { done: true, signed: ["HEAD", "GET", "PUT"], sent: [] });
    await rehearsed;
  });

  it("leaves a request alone that comes meanwhile", async () => {
    const rehearsed = rehearse(client, new S3Store(client, STORE));
    await Promise.all([rehearsed, client.send(new HeadObjectCommand({ Bucket: "images", Key: "hike.jpg" }))]);
    assert.deepEqual(sent, ["HEAD"]);
  });
});
