import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import sharp from "sharp";
import { readDistribution } from "../cdn/distribution";
import { UserError } from "@image-resizer/lib/program";
import { imageBucket, type LocalStack, startLocalStack } from "../stack";
import { administrator, follow, statuses } from "./support/flow";
import { freedAfterAll } from "./support/freed";
import { ask } from "./support/http";
import { makeOriginals } from "./support/originals";

/** The parts of a stack that runs for real, on the local stack: its domain, its own bucket, its trail. */
describe("the local stack with a domain, an adopted bucket and a trail", () => {
  const free = freedAfterAll();
  let stack: LocalStack;

  before(async () => {
    const images = await makeOriginals();
    free(() => rm(images, { recursive: true }));
    stack = await startLocalStack({
      stack: "dev",
      config: {
        "cdn.domain": { name: "images.example.com", hostedZoneId: "Z0123456789" },
        "bucket.adopt": true,
        "bucket.name": "our-photographs",
        "bucket.auditTrail": true,
      },
      port: 0,
      images,
    });
    free(() => stack.close());
  });

  it("declares the domain, and leads clients to the local CDN instead", async () => {
    assert.equal(stack.run.outputs.cdnUrl, "https://images.example.com");
    const { cdn } = stack.endpoints;
    assert.match(cdn, /^http:\/\/localhost:\d+$/);
    const answers = await follow(`${cdn}/p_1/640w/photo.jpg`);
    assert.deepEqual(statuses(answers), [307, 301, 200]);
    assert.equal(answers[1]?.headers.location, `${cdn}/p_1/640w/photo.jpg`);
    assert.equal((await sharp(answers[2]?.body).metadata()).width, 640);
    assert.equal((await ask(`${cdn}/p_1/640w/photo.jpg`)).headers["x-cache"], "Hit from cloudfront");
  });

  it("serves the adopted bucket, beside the one of the trail's records", async () => {
    assert.equal(stack.bucket, "our-photographs");
    assert.deepEqual(await administrator(stack).keys("p_1/640w/"), ["p_1/640w/photo.jpg"]);
  });

  it("rejects a distribution that reads none of the buckets, or more than one", () => {
    const { resources } = stack.run;
    const distribution = readDistribution(resources);
    const bucket = imageBucket(resources, distribution);
    for (const [declared, reads] of [
      [resources.filter((one) => one !== bucket), 0],
      [[...resources, bucket], 2],
    ] as const) {
      assert.throws(
        () => imageBucket(declared, distribution),
        new UserError(
          `the local stack serves one bucket, and the distribution reads ${reads} of the program's buckets`,
        ),
      );
    }
  });
});
