import assert from "node:assert/strict";
import http from "node:http";
import { S3Client } from "@aws-sdk/client-s3";
import { signOnce } from "../../../functions/resizer/first-use";

describe("the first use of the S3 client", () => {
  let requests = 0;
  const server = http.createServer((_request, response) => {
    requests++;
    response.end();
  });
  let client: S3Client;
  let signatures = 0;

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
        const { headers } = args.request as { headers: Record<string, string> };
        if (headers.authorization?.startsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")) signatures++;
        return next(args);
      },
      { step: "finalizeRequest", priority: "low" },
    );
  });

  after(() => {
    client.destroy();
    server.close();
  });

  it("signs a request before Node turns to the next event, and sends none", async () => {
    let done = false;
    const signed = signOnce(client, "images").then(() => (done = true));
    await new Promise(setImmediate);
    assert.deepEqual({ done, signatures, requests }, { done: true, signatures: 1, requests: 0 });
    await signed;
  });
});
