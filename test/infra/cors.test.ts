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
    const { bucket, api, policies } = await corsOf({});
    assert.deepEqual([bucket, api], [[], undefined]);
    assert.deepEqual(
      policies.map(({ inputs }) => inputs.corsConfig),
      [undefined],
    );
  });

  for (const [config, origins] of [
    [{ "cdn.corsOrigins": ["*"] }, ["*"]],
    [{ "cdn.corsOrigins": SHOP, "cdn.delivery": "failover" }, SHOP],
  ] as const) {
    it(`are told by the bucket, the API and the CDN that they may read: ${JSON.stringify(config)}`, async () => {
      const { bucket, api, policies, behaviors, cacheKey } = await corsOf(config);
      const [methods, exposed] = [
        ["GET", "HEAD"],
        ["ETag", "Retry-After"],
      ];
      assert.deepEqual(bucket[0]?.corsRules, [
        { allowedOrigins: origins, allowedMethods: methods, exposeHeaders: exposed, maxAgeSeconds: 3600 },
      ]);
      assert.deepEqual(api, {
        allowOrigins: origins,
        allowMethods: methods,
        exposeHeaders: exposed,
        maxAge: 3600,
      });
      assert.deepEqual(policies[0]?.inputs.corsConfig, {
        accessControlAllowCredentials: false,
        accessControlAllowOrigins: { items: origins },
        accessControlAllowMethods: { items: methods },
        accessControlAllowHeaders: { items: ["*"] },
        accessControlExposeHeaders: { items: exposed },
        originOverride: true,
      });
      assert.deepEqual(
        behaviors,
        behaviors.map(() => ({ responseHeadersPolicyId: policies[0]?.id, allowedMethods: methods })),
      );
      // One copy in the cache for every origin.
      assert.deepEqual(cacheKey.headersConfig, { headerBehavior: "none" });
    });
  }

  it("are told so in one policy with what negotiated formats ask for", async () => {
    const { policies } = await corsOf({ "cdn.corsOrigins": ["*"] }, "prod");
    assert.equal(policies.length, 1);
    assert.deepEqual(Object.keys(policies[0]?.inputs ?? {}).sort(), [
      "comment",
      "corsConfig",
      "customHeadersConfig",
      "securityHeadersConfig",
    ]);
  });
});
