import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Rule } from "@image-resizer/policy-check/evaluate";
import { apiThrottled } from "../../policy/rules/api-throttled";
import { bucketEncrypted } from "../../policy/rules/bucket-encrypted";
import { cdnHttpsOnly } from "../../policy/rules/cdn-https-only";
import { logsExpire } from "../../policy/rules/logs-expire";
import { requiredTags } from "../../policy/rules/required-tags";
import { changed, judge, type Properties, resource } from "./judge";

/** Judges good properties of a type with one of them changed. */
function changing(rule: Rule, type: string, good: Properties) {
  return {
    refuses: async (path: string, to: unknown, says: string, settings: Properties = {}): Promise<void> => {
      const [violation, ...others] = await judge(rule, [resource(type, changed(good, path, to))], settings);
      assert.ok(violation?.includes(says), violation ?? "there is no violation");
      assert.deepEqual(others, []);
    },
    passes: async (path: string, to: unknown, settings: Properties = {}): Promise<void> => {
      assert.deepEqual(await judge(rule, [resource(type, changed(good, path, to))], settings), []);
    },
  };
}

describe("cdn-https-only", () => {
  const { refuses, passes } = changing(cdnHttpsOnly, "aws:cloudfront/distribution:Distribution", {
    defaultCacheBehavior: { viewerProtocolPolicy: "redirect-to-https" },
    orderedCacheBehaviors: [{ pathPattern: "*.jpg", viewerProtocolPolicy: "https-only" }],
    viewerCertificate: { acmCertificateArn: "arn", minimumProtocolVersion: "TLSv1.2_2021" },
  });

  it("lets HTTPS with TLS 1.2 pass", async () => {
    await passes("comment", "x");
    await passes("viewerCertificate.minimumProtocolVersion", "TLSv1.3_2025");
  });
  it("refuses plain HTTP on any behaviour", async () => {
    await refuses(
      "defaultCacheBehavior.viewerProtocolPolicy",
      "allow-all",
      "the default behaviour has the viewerProtocolPolicy allow-all",
    );
    await refuses(
      "orderedCacheBehaviors.0.viewerProtocolPolicy",
      "allow-all",
      "the behaviour of *.jpg has the viewerProtocolPolicy allow-all",
    );
    await refuses(
      "defaultCacheBehavior.viewerProtocolPolicy",
      undefined,
      "the default behaviour has no viewerProtocolPolicy",
    );
    await refuses("defaultCacheBehavior", undefined, "the default behaviour has no viewerProtocolPolicy");
  });
  it("refuses older TLS with a certificate of one's own only", async () => {
    await refuses("viewerCertificate.minimumProtocolVersion", "TLSv1.1_2016", "minimumProtocolVersion is TLSv1.1_2016");
    await refuses("viewerCertificate.minimumProtocolVersion", undefined, "minimumProtocolVersion is not set");
    await refuses("viewerCertificate", { iamCertificateId: "i", minimumProtocolVersion: "TLSv1" }, "is TLSv1");
    await passes("viewerCertificate", { cloudfrontDefaultCertificate: true });
  });
});

describe("api-throttled", () => {
  const { refuses, passes } = changing(apiThrottled, "aws:apigatewayv2/stage:Stage", {
    defaultRouteSettings: { throttlingRateLimit: 50, throttlingBurstLimit: 100 },
    routeSettings: [{ routeKey: "GET /a", throttlingRateLimit: 0.5, throttlingBurstLimit: 1 }],
  });

  it("lets both numbers pass", () => passes("name", "prod"));
  it("refuses one of them missing, 0 or no number", async () => {
    await refuses(
      "defaultRouteSettings.throttlingRateLimit",
      undefined,
      "defaultRouteSettings has no throttlingRateLimit",
    );
    await refuses(
      "defaultRouteSettings.throttlingBurstLimit",
      undefined,
      "defaultRouteSettings has no throttlingBurstLimit",
    );
    await refuses("defaultRouteSettings.throttlingBurstLimit", 0, "has a throttlingBurstLimit of 0");
    await refuses("defaultRouteSettings.throttlingRateLimit", "50", "has a throttlingRateLimit of 50");
    await refuses(
      "routeSettings.0.throttlingBurstLimit",
      undefined,
      "routeSettings of GET /a has no throttlingBurstLimit",
    );
  });
  it("refuses a stage without any", async () => {
    assert.equal((await judge(apiThrottled, [resource("aws:apigatewayv2/stage:Stage", { name: "prod" })])).length, 2);
  });
});

describe("logs-expire", () => {
  const { refuses, passes } = changing(logsExpire, "aws:cloudwatch/logGroup:LogGroup", { retentionInDays: 30 });

  it("lets a retention pass", async () => {
    await passes("name", "x");
    await passes("logGroupClass", "DELIVERY");
  });
  it("refuses to keep logs for ever", async () => {
    await refuses("retentionInDays", undefined, "keeps its logs for ever");
    await refuses("retentionInDays", 0, "keeps its logs for ever");
    await refuses("retentionInDays", "30", "retentionInDays is 30");
  });
});

describe("bucket-encrypted", () => {
  const bucket = resource("aws:s3/bucket:Bucket", { bucket: "photos" }, "bucket");
  const encryption = (name: string, sseAlgorithm: unknown) =>
    resource(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      { bucket: name, rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm } }] },
      "encryption",
    );

  it("lets the three algorithms pass", async () => {
    for (const algorithm of ["AES256", "aws:kms", "aws:kms:dsse"]) {
      assert.deepEqual(await judge(bucketEncrypted, [bucket, encryption("photos", algorithm)]), []);
    }
  });
  it("refuses a bucket that only another's configuration is for", async () => {
    const [violation, ...others] = await judge(bucketEncrypted, [bucket, encryption("other", "AES256")]);
    assert.match(violation ?? "", /^aws.s3.Bucket "bucket": has no server-side encryption/);
    assert.deepEqual(others, []);
  });
  it("refuses an algorithm of nobody, and no rule", async () => {
    assert.equal((await judge(bucketEncrypted, [bucket, encryption("photos", "DES")])).length, 1);
    assert.equal((await judge(bucketEncrypted, [bucket, encryption("photos", undefined)])).length, 1);
    const none = { ...encryption("photos", "AES256"), inputs: { bucket: "photos", rules: [] } };
    assert.equal((await judge(bucketEncrypted, [bucket, none])).length, 1);
  });
  it("reads the older property of the bucket", async () => {
    const inline = (sseAlgorithm: string) => ({
      ...bucket,
      inputs: { serverSideEncryptionConfiguration: { rule: { applyServerSideEncryptionByDefault: { sseAlgorithm } } } },
    });
    assert.deepEqual(await judge(bucketEncrypted, [inline("AES256")]), []);
    assert.equal((await judge(bucketEncrypted, [inline("none")])).length, 1);
  });
});

describe("required-tags", () => {
  const { refuses, passes } = changing(requiredTags, "aws:lambda/function:Function", {
    tags: { Project: "p", Stack: "s" },
  });

  it("lets the tags pass", () => passes("tags.Team", "t"));
  it("refuses a tag that is missing, empty or no text", async () => {
    await refuses("tags.Stack", undefined, "has no tag Stack");
    await refuses("tags.Stack", " ", "has no tag Stack");
    await refuses("tags.Stack", 5, "has no tag Stack");
    await refuses("tags", undefined, "has no tag Project, Stack");
  });
  it("takes the list of tags from the config", async () => {
    await refuses("name", "x", "has no tag Team", { tags: ["Team"] });
    await passes("tags", undefined, { tags: [] });
  });
  it("leaves resources alone that take no tags", async () => {
    assert.deepEqual(await judge(requiredTags, [resource("aws:iam/rolePolicy:RolePolicy", {})]), []);
  });
});
