import assert from "node:assert/strict";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { register, type Registered } from "../support/program";

const NAME = "image-resizer-dev-123456789012";
const ARN = `arn:aws:s3:::${NAME}`;
const HOST = "k28ihy1li5.execute-api.us-east-1.amazonaws.com";

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

  it("lets the distribution read the bucket, and nobody else", () => {
    assert.deepEqual(dev.one("BucketPolicy").inputs, {
      bucket: NAME,
      policy: {
        Version: "2012-10-17",
        Statement: [
          {
            Sid: "CdnReadsObjects",
            Effect: "Allow",
            Principal: { Service: "cloudfront.amazonaws.com" },
            Action: ["s3:GetObject"],
            Resource: [`${ARN}/*`],
            Condition: { StringEquals: { "AWS:SourceArn": dev.one("Distribution").outputs.arn } },
          },
          {
            Sid: "DenyWithoutTls",
            Effect: "Deny",
            Principal: "*",
            Action: ["s3:*"],
            Resource: [ARN, `${ARN}/*`],
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      },
    });
    assert.deepEqual(dev.one("BucketPublicAccessBlock").inputs, {
      bucket: NAME,
      blockPublicAcls: true,
      ignorePublicAcls: true,
      blockPublicPolicy: true,
      restrictPublicBuckets: true,
    });
    // Last, so that a distribution that reads the website until now is not cut off before it reads the bucket.
    assert.deepEqual(dev.one("BucketPublicAccessBlock").options.dependsOn, ["images-policy"]);
  });

  it("asks the bucket as itself, and the API where the bucket has no object or is in trouble", () => {
    const { origins, originGroups, customErrorResponses } = dev.one("Distribution").inputs;
    assert.deepEqual(origins, [
      {
        originId: "bucket",
        domainName: `${NAME}.s3.us-east-1.amazonaws.com`,
        originAccessControlId: dev.one("OriginAccessControl").id,
      },
      {
        originId: "api",
        domainName: HOST,
        originPath: "/dev/resizer",
        customOriginConfig: {
          httpPort: 80,
          httpsPort: 443,
          originProtocolPolicy: "https-only",
          originSslProtocols: ["TLSv1.2"],
        },
      },
    ]);
    assert.deepEqual(originGroups, [
      {
        originId: "variants",
        failoverCriteria: { statusCodes: [403, 404, 500, 502, 503, 504] },
        members: [{ originId: "bucket" }, { originId: "api" }],
      },
    ]);
    assert.deepEqual(customErrorResponses, [
      { errorCode: 404, errorCachingMinTtl: 10 },
      { errorCode: 500, errorCachingMinTtl: 1 },
      { errorCode: 502, errorCachingMinTtl: 1 },
      { errorCode: 503, errorCachingMinTtl: 1 },
      { errorCode: 504, errorCachingMinTtl: 1 },
    ]);
    assert.deepEqual(dev.one("OriginAccessControl").inputs, {
      description: "The distribution reads the bucket",
      originAccessControlOriginType: "s3",
      signingBehavior: "always",
      signingProtocol: "sigv4",
    });
    // The routes are there before CloudFront is sent to them.
    assert.deepEqual(dev.run.resources.find(({ type }) => type.endsWith(":ImageCdn"))?.options.dependsOn, ["api"]);
  });

  it("has every behaviour ask the group, past the edge function, with the key in the cache's key", () => {
    const { defaultCacheBehavior, orderedCacheBehaviors } = dev.one("Distribution").inputs;
    const [edge] = dev.edgeFunctions;
    for (const behavior of [defaultCacheBehavior, ...(orderedCacheBehaviors as unknown[])] as Record<
      string,
      unknown
    >[]) {
      assert.equal(behavior.targetOriginId, "variants");
      assert.deepEqual(behavior.functionAssociations, [
        { eventType: "viewer-request", functionArn: edge?.outputs.arn },
      ]);
      assert.equal(behavior.responseHeadersPolicyId, undefined);
    }
    const { minTtl, defaultTtl, parametersInCacheKeyAndForwardedToOrigin } = dev.one("CachePolicy").inputs;
    assert.deepEqual([minTtl, defaultTtl], [0, 0]);
    assert.deepEqual(parametersInCacheKeyAndForwardedToOrigin, {
      cookiesConfig: { cookieBehavior: "none" },
      headersConfig: { headerBehavior: "none" },
      queryStringsConfig: { queryStringBehavior: "whitelist", queryStrings: { items: ["key"] } },
    });
  });

  it("routes every path below the resizer's, and nothing else, to the function", () => {
    assert.deepEqual(
      dev.all("Route").map(({ inputs }) => inputs.routeKey),
      ["GET /resizer/{key+}", "HEAD /resizer/{key+}"],
    );
    assert.deepEqual(
      dev.all("Permission").map(({ inputs }) => String(inputs.sourceArn).replace(/^.*:k28ihy1li5/, "")),
      ["/dev/GET/resizer/*", "/dev/HEAD/resizer/*"],
    );
  });

  it("gives the role nothing more, and tells the function how to answer", () => {
    assert.deepEqual(dev.one("RolePolicy").inputs, redirect.one("RolePolicy").inputs);
    const variables = ({ inputs }: RegisteredResource) =>
      (inputs.environment as { variables: Record<string, string> }).variables;
    const { CDN_URL: cdnUrl, ...others } = variables(redirect.one("Function"));
    assert.equal(cdnUrl, redirect.run.outputs.cdnUrl);
    assert.deepEqual(variables(dev.one("Function")), others);
  });

  it("exports no website", () => {
    assert.equal(dev.run.outputs.websiteEndpoint, null);
    assert.equal(dev.run.outputs.apiUrl, `https://${HOST}/dev`);
  });

  it("has a preview that knows who may read: nobody but by the policy", async () => {
    const preview = await register({ stack: "dev", config: { "cdn.delivery": "failover" }, preview: true });
    assert.deepEqual(preview.one("BucketPublicAccessBlock").inputs, dev.one("BucketPublicAccessBlock").inputs);
    assert.deepEqual(preview.one("RolePolicy").inputs.policy, dev.one("RolePolicy").inputs.policy);
  });
});
