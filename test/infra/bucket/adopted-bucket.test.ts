import assert from "node:assert/strict";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { register, type Registered } from "../../support/program";

const ADOPTED = { "bucket.adopt": true, "bucket.name": "our-photographs", "bucket.variantExpiryDays": undefined };

/** Every S3 resource of the stack. */
function ofS3({ run }: Registered): RegisteredResource[] {
  return run.resources.filter(({ type }) => type.startsWith("aws:s3/"));
}

function kindsOf(stack: Registered): string[] {
  return ofS3(stack)
    .map(({ type }) => type.split(":").at(-1) ?? "")
    .sort();
}

describe("an adopted bucket", () => {
  let redirect: Registered;
  let failover: Registered;

  before(async () => {
    redirect = await register({ stack: "dev", config: ADOPTED });
    failover = await register({ stack: "dev", config: { ...ADOPTED, "cdn.delivery": "failover" } });
  });

  it("has another name in the stack than a bucket of its own, so that taking adoptBucket back is stopped by its protection", async () => {
    const own = await register({ stack: "dev", config: { "bucket.name": "our-photographs" } });
    assert.deepEqual([own.one("Bucket").name, redirect.one("Bucket").name], ["images", "images-adopted"]);
  });

  it("gets its policy, its public access block and its website, and nothing else", () => {
    assert.deepEqual(kindsOf(redirect), [
      "Bucket",
      "BucketPolicy",
      "BucketPublicAccessBlock",
      "BucketWebsiteConfiguration",
    ]);
    assert.deepEqual(kindsOf(failover), ["Bucket", "BucketPolicy", "BucketPublicAccessBlock"]);
    for (const stack of [redirect, failover]) {
      for (const { inputs } of ofS3(stack)) assert.equal(inputs.bucket, "our-photographs");
    }
  });

  it("has the same policy, block and website as one of the stack's own", async () => {
    for (const [stack, delivery] of [
      [redirect, "redirect"],
      [failover, "failover"],
    ] as const) {
      const own = await register({
        stack: "dev",
        config: { "bucket.name": "our-photographs", "cdn.delivery": delivery },
      });
      for (const type of ["BucketPolicy", "BucketPublicAccessBlock"]) {
        assert.deepEqual(stack.one(type).inputs, own.one(type).inputs);
        assert.equal(stack.one(type).name, own.one(type).name);
      }
      if (delivery === "redirect") {
        const website = (of: Registered) => of.one("BucketWebsiteConfiguration").inputs;
        assert.deepEqual(website(stack), website(own));
      }
    }
  });

  it("keeps its public access block when the stack goes, and loses what has let the CDN in", () => {
    for (const stack of [redirect, failover]) {
      const retained = ofS3(stack).filter(({ options }) => options.retainOnDelete);
      assert.deepEqual(retained.map(({ name }) => name).sort(), ["images-adopted", "images-public-access"]);
    }
  });

  it("is known in a preview, with its policy", async () => {
    const preview = await register({ stack: "dev", config: ADOPTED, preview: true });
    for (const type of ["Bucket", "BucketPolicy", "BucketPublicAccessBlock"]) {
      assert.deepEqual(preview.one(type).inputs, redirect.one(type).inputs);
    }
    assert.deepEqual(preview.one("RolePolicy").inputs.policy, redirect.one("RolePolicy").inputs.policy);
    assert.deepEqual(preview.one("Distribution").inputs.origins, redirect.one("Distribution").inputs.origins);
  });

  it("is imported by no stack that does not say so", async () => {
    for (const stack of ["dev", "prod"]) {
      const { run } = await register({ stack, config: { "bucket.name": "our-photographs" } });
      for (const { options } of run.resources) {
        assert.equal(options.import, undefined);
        assert.equal(options.ignoreChanges, undefined);
      }
    }
  });
});
