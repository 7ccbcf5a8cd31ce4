import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { rules } from "../../policy/rules";
import { Analyzer, type Diagnostic, type WireResource } from "./support/analyzer-client";
import { type Preview, preview, UNKNOWN } from "./support/preview";

const EVERY_PART_ON = {
  "cdn.delivery": "failover",
  "cdn.domain": { name: "images.example.com", hostedZoneId: "Z0123456789" },
  "bucket.adopt": true,
  "bucket.name": "our-photographs",
  "bucket.auditTrail": true,
};

describe("a first preview, checked by Pulumi's own runner", () => {
  let analyzer: Analyzer;
  let prod: Preview;

  before(async () => {
    analyzer = await Analyzer.boot({ typeCheck: false });
    await analyzer.configure();
    prod = await preview({ stack: "prod" });
  });
  after(() => {
    analyzer.close();
  });

  /** As the engine does: each resource before it is created, and all of them at the end. */
  async function check({ inputs, outputs }: Preview): Promise<Diagnostic[]> {
    const each = await Promise.all(inputs.map((resource) => analyzer.analyze(resource)));
    return [...each.flat(), ...(await analyzer.analyzeStack(outputs))];
  }

  it("is of a program whose values are unknown where AWS computes them", () => {
    const lambda = prod.inputs.find(({ type }) => type === "aws:lambda/function:Function");
    assert.equal(lambda?.properties.role, UNKNOWN);
    const role = prod.outputs.find(({ type }) => type === "aws:iam/role:Role");
    assert.equal(role?.properties.arn, UNKNOWN);
    assert.equal(role.properties.inlinePolicies, UNKNOWN);
    const bucket = prod.outputs.find(({ type }) => type === "aws:s3/bucket:Bucket");
    assert.equal(bucket?.properties.website, UNKNOWN);
    assert.equal(typeof bucket.properties.bucket, "string");
  });

  it("ends with every rule decided, and none violated", async () => {
    // A rule that meets an unknown value answers "can't run ... during preview", as an advisory.
    assert.deepEqual(await check(prod), []);
  });

  it("of every other part leaves for later only the bucket's policy, which names the distribution", async () => {
    const diagnostics = await check(await preview({ stack: "dev", config: EVERY_PART_ON }));
    assert.deepEqual(
      diagnostics.map(({ policy, level }) => [policy, level]),
      [["no-public-write", "advisory"]],
    );
  });

  /** The preview with one resource of a type changed. */
  function withChange(type: string, change: (resource: WireResource) => WireResource): Preview {
    const { inputs, outputs } = prod;
    const changeOne = (list: readonly WireResource[]) => {
      const first = list.find((resource) => resource.type === type);
      assert.ok(first, type);
      return list.map((resource) => (resource === first ? change(resource) : resource));
    };
    return { inputs: changeOne(inputs), outputs: changeOne(outputs) };
  }

  it("finds the role's policy and the cache policy by their dependencies", async () => {
    const widened = withChange("aws:iam/rolePolicy:RolePolicy", (resource) => ({
      ...resource,
      properties: {
        ...resource.properties,
        policy: { Statement: [{ Effect: "Allow", Action: "s3:PutObject", Resource: "arn:aws:s3:::photos/*" }] },
      },
    }));
    assert.deepEqual(
      (await check(widened)).map(({ policy, level }) => [policy, level]),
      [["resizer-least-privilege", "mandatory"]],
    );
    const keeping = withChange("aws:cloudfront/cachePolicy:CachePolicy", (resource) => ({
      ...resource,
      properties: { ...resource.properties, minTtl: 1 },
    }));
    const kept = await check(keeping);
    assert.deepEqual([...new Set(kept.map(({ policy }) => policy))], ["no-redirect-loop"]);
    assert.equal(kept.length, 6);
  });

  it("reports a rule that cannot be decided yet, and checks what is known beside it", async () => {
    const document = JSON.stringify({ Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] });
    const diagnostics = await analyzer.analyze({
      urn: "urn:pulumi:prod::image-resizer::aws:iam/role:Role::half-known",
      type: "aws:iam/role:Role",
      name: "half-known",
      properties: {
        managedPolicyArns: [UNKNOWN],
        inlinePolicies: [{ policy: UNKNOWN }, { policy: document }],
        tags: { Project: "p", Stack: "s" },
      },
    });
    assert.deepEqual(
      diagnostics.map(({ policy, level }) => [policy, level]),
      [
        ["no-s3-full-access", "mandatory"],
        ["no-s3-full-access", "advisory"],
      ],
    );
    assert.match(diagnostics[0]?.message ?? "", /inlinePolicies\[1\]\.policy allows \* on \*/);
    assert.match(diagnostics[1]?.message ?? "", /can't run policy 'no-s3-full-access'.*during preview/);
  });

  it("covers every rule of the pack", async () => {
    assert.deepEqual((await analyzer.rules()).map(({ name }) => name).sort(), rules.map(({ name }) => name).sort());
  });
});
