import assert from "node:assert/strict";
import { PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { ADMINISTRATOR, ANONYMOUS, type Principal } from "../../iam/iam";
import { openStorage, type Storage } from "../../s3/storage";
import { Trace } from "../../trace";
import { register, type Registered } from "../../../../test/support/program";
import { ask } from "../support/http";

describe("a bucket at its own host, as CloudFront requests it", () => {
  let stack: Registered;
  let storage: Storage;
  let bucket: string;

  before(async () => {
    stack = await register({ stack: "prod", config: { "cdn.delivery": "failover" } });
    bucket = String(stack.named("Bucket", "images").inputs.bucket);
    storage = await openStorage({ run: stack.run, trace: new Trace() });
    const { url: endpoint } = await storage.startS3(0);
    const credentials = storage.credentials.issue(ADMINISTRATOR);
    const client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials });
    const Body = Buffer.from("bytes");
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: "p_1/a b?.jpg", Body, ContentType: "image/jpeg" }));
    client.destroy();
  });
  after(() => storage.close());

  async function get(principal: Principal, target: string, method = "GET") {
    const origin = await storage.startOrigin(bucket, principal, 0);
    const { status, headers, body } = await ask(origin.url + target, { method });
    return { status, type: headers["content-type"], body: body.toString() };
  }

  const distribution = (sourceArn: string) =>
    ({ kind: "service", name: "cloudfront.amazonaws.com", sourceArn }) satisfies Principal;
  const own = () => distribution(String(stack.one("Distribution").outputs.arn));

  it("serves objects to the distribution of the stack, whatever the parameters", async () => {
    const image = { status: 200, type: "image/jpeg", body: "bytes" };
    assert.deepEqual(await get(own(), "/p_1/a%20b%3F.jpg"), image);
    assert.deepEqual(await get(own(), "/p_1/a%20b%3F.jpg?key=p_1%2Fother.jpg"), image);
    assert.deepEqual(await get(own(), "/p_1/a%20b%3F.jpg", "HEAD"), { ...image, body: "" });
  });

  it("answers 403 for a missing object, because the distribution may not list the bucket", async () => {
    const { status, body } = await get(own(), "/p_1/missing.jpg");
    assert.equal(status, 403);
    assert.match(body, /<Code>AccessDenied<\/Code>/);
  });

  it("denies another distribution and anonymous callers", async () => {
    const other = distribution("arn:aws:cloudfront::123456789012:distribution/EOTHER");
    for (const principal of [other, ANONYMOUS]) {
      assert.equal((await get(principal, "/p_1/a%20b%3F.jpg")).status, 403);
    }
  });

  it("rejects writes and listings", async () => {
    assert.equal((await get(own(), "/p_1/a%20b%3F.jpg", "PUT")).status, 405);
    assert.equal((await get(own(), "/p_1/a%20b%3F.jpg", "DELETE")).status, 405);
    assert.equal((await get(own(), "/")).status, 403);
    assert.equal((await get(own(), "/?list-type=2")).status, 403);
  });
});
