import assert from "node:assert/strict";
import { register } from "../support/program";

const SHOP = ["https://shop.example.com", "https://m.example.com"];

/** The three resources that speak to pages on other origins, and what has to do with them. */
async function corsOf(config: Readonly<Record<string, unknown>>, stack = "dev") {
  const registered = await register({ stack, config });
  const { defaultCacheBehavior, orderedCacheBehaviors } = registered.one("Distribution").inputs;
  const behaviors = [defaultCacheBehavior, ...(orderedCacheBehaviors as unknown[])] as Record<string, unknown>[];
  return {
    bucket: registered.all("BucketCorsConfiguration").map(({ inputs }) => inputs),
    api: registered.one("Api").inputs.corsConfiguration,
    policies: registered.all("ResponseHeadersPolicy"),
    behaviors: behaviors.map(({ responseHeadersPolicyId, allowedMethods }) => ({
      responseHeadersPolicyId,
      allowedMethods,
    })),
    cacheKey: registered.one("CachePolicy").inputs.parametersInCacheKeyAndForwardedToOrigin as Record<string, unknown>,
  };
}

describe("pages on other origins", () => {
  it("are told nothing by default", async () => {
    const { bucket, api, policies, behaviors } = await corsOf({});
    assert.deepEqual([bucket, api, policies], [[], undefined, []]);
    assert.deepEqual(behaviors[0], { responseHeadersPolicyId: undefined, allowedMethods: ["GET", "HEAD"] });
  });

  for (const [config, origins] of [
    [{ "cdn.corsOrigins": ["*"] }, ["*"]],
    [{ "cdn.corsOrigins": ["*"], "cdn.delivery": "failover" }, ["*"]],
    [{ "cdn.corsOrigins": SHOP, "cdn.delivery": "failover" }, SHOP],
  ] as const) {
    it(`are told by the bucket, the API and the CDN that they may read: ${JSON.stringify(config)}`, async () => {
      const { bucket, api, policies, behaviors, cacheKey } = await corsOf(config);
      assert.deepEqual(bucket, [
        {
          bucket: "image-resizer-dev-123456789012",
          corsRules: [
            {
              allowedOrigins: origins,
              allowedMethods: ["GET", "HEAD"],
              exposeHeaders: ["ETag", "Retry-After"],
              maxAgeSeconds: 3600,
            },
          ],
        },
      ]);
      assert.deepEqual(api, {
        allowOrigins: origins,
        allowMethods: ["GET", "HEAD"],
        exposeHeaders: ["ETag", "Retry-After"],
        maxAge: 3600,
      });
      assert.deepEqual(
        policies.map(({ inputs }) => inputs),
        [
          {
            comment: "What answers depend on, and who may read them",
            corsConfig: {
              accessControlAllowCredentials: false,
              accessControlAllowOrigins: { items: origins },
              accessControlAllowMethods: { items: ["GET", "HEAD"] },
              accessControlAllowHeaders: { items: ["*"] },
              accessControlExposeHeaders: { items: ["ETag", "Retry-After"] },
              originOverride: true,
            },
          },
        ],
      );
      assert.equal(behaviors.length, 6);
      for (const behavior of behaviors) {
        assert.deepEqual(behavior, {
          responseHeadersPolicyId: policies[0]?.id,
          allowedMethods: ["GET", "HEAD"],
        });
      }
      // One copy in the cache for every origin.
      assert.deepEqual(cacheKey.headersConfig, { headerBehavior: "none" });
    });
  }

  it("are told so in one policy with what negotiated formats ask for", async () => {
    const { policies } = await corsOf({ "cdn.corsOrigins": ["*"] }, "prod");
    assert.equal(policies.length, 1);
    const { customHeadersConfig, corsConfig } = policies[0]?.inputs ?? {};
    assert.deepEqual(customHeadersConfig, { items: [{ header: "Vary", value: "Accept", override: true }] });
    assert.deepEqual((corsConfig as { accessControlAllowOrigins: unknown }).accessControlAllowOrigins, {
      items: ["*"],
    });
  });
});
