import assert from "node:assert/strict";
import { readSettings } from "../../../functions/purge/settings";
import { register } from "../../support/program";

describe("the purge function's settings", () => {
  it("are what the program declares", async () => {
    const cacheControl = "public, max-age=300, s-maxage=31536000";
    const stack = await register({
      stack: "prod",
      config: { "bucket.purgeOnChange": true, "cdn.delivery": "failover", "cdn.cacheControl": cacheControl },
    });
    const { variables } = stack.named("Function", "purge").inputs.environment as { variables: Record<string, string> };
    assert.deepEqual(readSettings(variables), {
      bucket: "image-resizer-prod-123456789012",
      distributionId: "E2QWRUHEXAMPLE",
      sizes: ["200x150", "360x270", "720x540", "320w", "640w", "1280w", "1920w", "480h"],
      formats: ["avif", "webp"],
      keyInQuery: true,
    });
  });

  it("are refused with every variable that is wrong", () => {
    assert.throws(
      () => readSettings({ BUCKET: "", ALLOWED_SIZES: "640", ALLOWED_FORMATS: "jpg", KEY_IN_QUERY: "no" }),
      {
        message:
          'The purge function\'s environment is wrong: BUCKET is "": expected the name of a bucket; ' +
          "DISTRIBUTION_ID is missing: expected the id of a distribution; " +
          'ALLOWED_SIZES is "640": expected sizes such as 360x270,640w,480h; ' +
          'ALLOWED_FORMATS is "jpg": expected none or some of jpeg,png,webp,avif; ' +
          'KEY_IN_QUERY is "no": expected true or false.',
      },
    );
  });
});
