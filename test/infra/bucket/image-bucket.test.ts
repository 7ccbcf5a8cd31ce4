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

  it("stays as it is where AWS does not delete it, and an update deletes what an update has added", async () => {
    const config = { "bucket.purgeOnChange": true, "cdn.corsOrigins": ["*"] };
    const everything = await register({ stack: "dev", config });
    const ofBucket = everything.run.resources.filter(({ type }) => type.startsWith("aws:s3/"));
    const kept = (retained: boolean) =>
      ofBucket.filter(({ options }) => options.retainOnDelete === retained).map(({ name }) => name);
    assert.deepEqual(kept(true).sort(), [
      "images-encryption",
      "images-lifecycle",
      "images-ownership",
      "images-policy",
      "images-public-access",
      "images-versioning",
    ]);
    assert.deepEqual(kept(false).sort(), ["images", "images-cors", "purge-events", "website"]);
  });

  it("gets its policy when S3 knows of all that the policy needs, in either delivery", async () => {
    const failover = await register({ stack: "dev", config: { "cdn.delivery": "failover" } });
    const before = (of: Registered) => [...of.one("BucketPolicy").options.dependsOn].sort();
    assert.deepEqual(before(dev), ["images-encryption", "images-ownership", "images-public-access", "website"]);
    assert.deepEqual(before(failover), ["images-encryption", "images-ownership"]);
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
