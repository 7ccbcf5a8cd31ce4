import assert from "node:assert/strict";
import { register, type Registered } from "../../support/program";

describe("ImageBucket", () => {
  let dev: Registered;

  before(async () => {
    dev = await register({ stack: "dev" });
  });

  it("is named for project, stack and account, or as the stack says", async () => {
    assert.equal(dev.one("Bucket").inputs.bucket, "image-resizer-dev-123456789012");
    const named = await register({ stack: "dev", config: { "bucket.name": "photographs" } });
    assert.equal(named.one("Bucket").inputs.bucket, "photographs");
    assert.equal(named.one("BucketWebsiteConfiguration").inputs.bucket, "photographs");
  });

  it("is emptied when it is deleted only where the stack says so in words", async () => {
    const keeping = await register({ stack: "dev", config: { "bucket.forceDestroy": false } });
    for (const { run } of [dev, keeping]) {
      for (const { inputs, name } of run.resources) assert.equal("forceDestroy" in inputs, false, name);
    }
    const deleting = await register({ stack: "dev", config: { "bucket.forceDestroy": true } });
    assert.equal(deleting.one("Bucket").inputs.forceDestroy, true);
  });
});
