import assert from "node:assert/strict";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { readSettings } from "../../functions/resizer/settings";
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
      "aws:ssm/parameter:Parameter": 2,
      "image-resizer:infra:CdnKey": 1,
      "image-resizer:infra:EdgeFunction": 1,
      "aws:cloudfront/function:Function": 1,
    });
  });

  it("keeps the names that both deliveries have, so that a switch changes resources rather than replacing them", () => {
    const names = ({ run }: Registered) =>
      new Map(run.resources.map((it) => [`${it.type} ${it.name}`, it.options.parent]));
    const [before, after] = [names(redirect), names(dev)];
    for (const [name, parent] of before) {
      if (/MissRouting|BucketWebsiteConfiguration|CachePolicy|:Route/.test(name)) continue;
      assert.equal(after.get(name), parent, name);
    }
  });

  it("has the same function and role as the other, but for who may call it: the route of a request decides the answer", () => {
    const settings = ({ inputs }: RegisteredResource) => {
      const { variables } = inputs.environment as { variables: Record<string, string> };
      const { callerHashes, ...others } = readSettings(variables);
      return [callerHashes?.length, others];
    };
    const [, others] = settings(redirect.one("Function"));
    assert.deepEqual(settings(dev.one("Function")), [2, others]);
    for (const type of ["RolePolicy", "Permission", "Integration", "Stage"]) {
      const inputs = (of: Registered) => of.all(type).map((it) => it.inputs);
      assert.deepEqual(inputs(dev), inputs(redirect), type);
    }
    const routes = (of: Registered) => of.all("Route").map(({ inputs }) => inputs.routeKey);
    assert.deepEqual(routes(redirect), ["GET /resizer", "HEAD /resizer"]);
    assert.deepEqual(routes(dev), ["GET /resizer/{key+}", "HEAD /resizer/{key+}"]);
  });

  it("has a preview that knows who may read: nobody but by the policy", async () => {
    const preview = await register({ stack: "dev", config: { "cdn.delivery": "failover" }, preview: true });
    assert.deepEqual(preview.one("BucketPublicAccessBlock").inputs, dev.one("BucketPublicAccessBlock").inputs);
    assert.deepEqual(preview.one("RolePolicy").inputs.policy, dev.one("RolePolicy").inputs.policy);
  });
});
