import assert from "node:assert/strict";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { register, type Registered } from "../support/program";

describe("a stack with delivery: failover", () => {
  let dev: Registered;
  let redirect: Registered;

  before(async () => {
    dev = await register({ stack: "dev", config: { "cdn.delivery": "failover" } });
    redirect = await register({ stack: "dev" });
  });

  it("is made of the same components, without the website and with an edge function", () => {
    const types = ({ run }: Registered) => {
      const counts: Record<string, number> = {};
      for (const { type } of run.resources) counts[type] = (counts[type] ?? 0) + 1;
      return counts;
    };
    const {
      "image-resizer:infra:MissRouting": routing,
      "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": website,
      ...common
    } = types(redirect);
    assert.deepEqual([routing, website], [1, 1]);
    assert.deepEqual(types(dev), {
      ...common,
      "aws:cloudfront/originAccessControl:OriginAccessControl": 1,
      "image-resizer:infra:CdnKey": 1,
      "aws:apigateway/apiKey:ApiKey": 1,
      "image-resizer:infra:EdgeFunction": 1,
      "aws:cloudfront/function:Function": 1,
    });
  });

  it("keeps the names that both deliveries have, so that a switch changes resources rather than replacing them", () => {
    const names = ({ run }: Registered) =>
      new Map(run.resources.map((it) => [`${it.type} ${it.name}`, it.options.parent]));
    const [before, after] = [names(redirect), names(dev)];
    for (const [name, parent] of before) {
      if (/MissRouting|BucketWebsiteConfiguration/.test(name)) continue;
      assert.equal(after.get(name), parent, name);
    }
  });

  it("gives the role nothing more, and tells the function how to answer", () => {
    assert.deepEqual(dev.one("RolePolicy").inputs, redirect.one("RolePolicy").inputs);
    const variables = ({ inputs }: RegisteredResource) =>
      (inputs.environment as { variables: Record<string, string> }).variables;
    const { CDN_URL: cdnUrl, ...common } = variables(redirect.one("Function"));
    assert.equal(cdnUrl, redirect.run.outputs.cdnUrl);
    const { CALLER_HASHES: hashes, ...others } = variables(dev.one("Function"));
    assert.match(String(hashes), /^[0-9a-f]{64}$/);
    assert.deepEqual(others, common);
  });

  it("has a preview that knows who may read: nobody but by the policy", async () => {
    const preview = await register({ stack: "dev", config: { "cdn.delivery": "failover" }, preview: true });
    assert.deepEqual(preview.one("BucketPublicAccessBlock").inputs, dev.one("BucketPublicAccessBlock").inputs);
    assert.deepEqual(preview.one("RolePolicy").inputs.policy, dev.one("RolePolicy").inputs.policy);
  });
});
