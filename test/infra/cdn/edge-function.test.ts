import assert from "node:assert/strict";
import type { EdgeSettings } from "../../../functions/edge/settings";
import { buildEdgeCode, MAX_EDGE_CODE_BYTES } from "../../../infra/cdn/edge-function";
import { EdgeFunction } from "@image-resizer/local/cdn/edge-function";
import { register } from "../../support/program";

const SETTINGS: EdgeSettings = {
  allowList: { sizes: ["640w"], formats: ["avif"], maxDimension: 4096 },
  negotiated: ["avif"],
  validate: true,
  serveOriginals: true,
  keyInQuery: false,
};

const withSizes = (count: number): EdgeSettings => ({
  ...SETTINGS,
  allowList: { ...SETTINGS.allowList, sizes: Array.from({ length: count }, (_, index) => `${1000 + index}w`) },
});

describe("the edge function's code", () => {
  it("is one script with one function to call, of what CloudFront's runtime reads", () => {
    const code = buildEdgeCode(SETTINGS);
    assert.match(code, /;function handler\(event\)\{[^{}]*\}\s*$|\}function handler\(event\)\{[^{}]*\}\s*$/);
    for (const newer of [/=>/, /`/, /\?\./, /\?\?/, /\bimport\b/, /\bexport\b/, /\brequire\b/, /\bclass\b/, /\.\.\./]) {
      assert.doesNotMatch(code.replace(/"[^"]*"/g, '""').replace(/\/[^/\n]+\/[a-z]*\.(?:test|exec)/g, ""), newer);
    }
    const edge = new EdgeFunction("edge", code);
    const request = { method: "GET", uri: "/641w/a.jpg", querystring: {}, headers: {}, cookies: {} };
    const result = edge.handle(request, "request-1", "192.0.2.1");
    assert.equal("statusCode" in result && result.statusCode, 404);
  });

  it("is within CloudFront's limit for the stacks that there are, in either delivery", async () => {
    for (const delivery of ["redirect", "failover"]) {
      const stack = await register({ stack: "prod", config: { "cdn.delivery": delivery } });
      const [edge] = stack.edgeFunctions;
      assert.equal(edge?.inputs.runtime, "cloudfront-js-2.0");
      assert.equal(edge.inputs.publish, true);
      assert.ok(Buffer.byteLength(String(edge.inputs.code)) <= MAX_EDGE_CODE_BYTES);
    }
  });

  it("is not built above it", () => {
    // Each size more is a size, its quotes and a comma: 8 bytes.
    const room = MAX_EDGE_CODE_BYTES - Buffer.byteLength(buildEdgeCode(withSizes(100)));
    const most = 100 + Math.floor(room / 8);
    assert.ok(Buffer.byteLength(buildEdgeCode(withSizes(most))) <= MAX_EDGE_CODE_BYTES);
    const bytes = Buffer.byteLength(buildEdgeCode(withSizes(most))) + 8;
    assert.throws(() => buildEdgeCode(withSizes(most + 1)), {
      message: `The edge function could not be built: its code is ${bytes} bytes: allowed is 10240, so fewer sizes`,
    });
  });
});

describe("what a stack has its edge function do", () => {
  async function settingsOf(config: Readonly<Record<string, unknown>>) {
    const stack = await register({ stack: "dev", config });
    const [edge] = stack.edgeFunctions;
    const literal = /EDGE_SETTINGS_default=(\{.*?\});var /.exec(String(edge?.inputs.code))?.[1];
    // Keys without quotes are JavaScript's, not JSON's.
    const settings = literal && (JSON.parse(literal.replace(/([{,])(\w+):/g, '$1"$2":')) as EdgeSettings);
    return { settings, varies: stack.one("ResponseHeadersPolicy").inputs.customHeadersConfig !== undefined };
  }
  const sizes = ["200x150", "360x270", "640w"];

  it("is nothing, and there is none, where neither formats nor refusals nor failover ask for it", async () => {
    assert.deepEqual(await settingsOf({}), { settings: undefined, varies: false });
    assert.deepEqual(await settingsOf({ formats: ["jpeg", "png"] }), { settings: undefined, varies: false });
  });

  it("is to write each path in one way where copies of variants are invalidated", async () => {
    const { settings } = await settingsOf({ "bucket.purgeOnChange": true });
    assert.ok(settings);
    const { negotiated, validate, keyInQuery } = settings;
    assert.deepEqual([negotiated, validate, keyInQuery], [[], false, false]);
  });

  it("is to negotiate the stack's AVIF and WebP in the stack's order", async () => {
    assert.deepEqual(await settingsOf({ formats: ["png", "webp", "avif"] }), {
      settings: {
        allowList: { sizes, formats: ["png", "webp", "avif"], maxDimension: 4096 },
        negotiated: ["webp", "avif"],
        validate: false,
        serveOriginals: true,
        keyInQuery: false,
      },
      varies: true,
    });
  });

  it("is to reject by the stack's own allow-list", async () => {
    const allowList = { sizes, formats: [], maxDimension: 4096 };
    assert.deepEqual(await settingsOf({ "cdn.validateAtEdge": true }), {
      settings: { allowList, negotiated: [], validate: true, serveOriginals: true, keyInQuery: false },
      varies: false,
    });
    const { settings } = await settingsOf({
      "cdn.validateAtEdge": true,
      "image.allowUnlistedSizes": true,
      "image.maxDimension": 1000,
    });
    assert.deepEqual(settings && settings.allowList, { sizes: "any", formats: [], maxDimension: 1000 });
  });

  it("is to reject whatever may be an original where the stack serves none", async () => {
    const allowList = { sizes, formats: [], maxDimension: 4096 };
    assert.deepEqual(await settingsOf({ "cdn.serveOriginals": false }), {
      settings: { allowList, negotiated: [], validate: true, serveOriginals: false, keyInQuery: false },
      varies: false,
    });
  });

  it("is to tell the key to an API that is asked by CloudFront", async () => {
    const allowList = { sizes, formats: [], maxDimension: 4096 };
    assert.deepEqual(await settingsOf({ "cdn.delivery": "failover" }), {
      settings: { allowList, negotiated: [], validate: false, serveOriginals: true, keyInQuery: true },
      varies: false,
    });
  });

  it("and says of every answer that it depends on Accept where it does", async () => {
    const stack = await register({ stack: "prod" });
    assert.deepEqual(stack.one("ResponseHeadersPolicy").inputs, {
      comment: "What answers are, what they depend on, and who may read them",
      securityHeadersConfig: { contentTypeOptions: { override: true } },
      customHeadersConfig: { items: [{ header: "Vary", value: "Accept", override: true }] },
    });
    const { defaultCacheBehavior, orderedCacheBehaviors } = stack.one("Distribution").inputs;
    for (const behavior of [defaultCacheBehavior, ...(orderedCacheBehaviors as unknown[])] as Record<
      string,
      unknown
    >[]) {
      assert.equal(behavior.responseHeadersPolicyId, stack.one("ResponseHeadersPolicy").id);
    }
    // What the client accepts never enters the cache's key.
    const { headersConfig } = stack.one("CachePolicy").inputs.parametersInCacheKeyAndForwardedToOrigin as Record<
      string,
      unknown
    >;
    assert.deepEqual(headersConfig, { headerBehavior: "none" });
  });
});
