import { describe } from "mocha";
import type { Rule, Subject } from "@image-resizer/policy-check/check-stack";
import { apiThrottled } from "../../../policy/rules/api-throttled";
import { bucketEncrypted } from "../../../policy/rules/bucket-encrypted";
import { cdnHttpsOnly } from "../../../policy/rules/cdn-https-only";
import { logsExpire } from "../../../policy/rules/logs-expire";
import { requiredTags } from "../../../policy/rules/required-tags";
import { accepts, changed, type Properties, rejects, resource } from "../support/check";

function whatOf(path: string, to: unknown): string {
  return to === undefined ? `no ${path}` : `${path} ${JSON.stringify(to)}`;
}

/** Declares tests for valid properties of a type with one of them changed. */
function changing(rule: Rule, type: string, good: Properties) {
  const of = (path: string, to: unknown) => resource(type, changed(good, path, to));
  return {
    accepts: (...rows: readonly (readonly [path: string, to: unknown, values?: Properties])[]): void => {
      accepts(
        rule,
        rows.map(([path, to, values]) => [whatOf(path, to), of(path, to), values ?? {}]),
      );
    },
    rejects: (
      ...rows: readonly (readonly [path: string, to: unknown, includes: string, values?: Properties])[]
    ): void => {
      rejects(
        rule,
        rows.map(([path, to, includes, values]) => [whatOf(path, to), of(path, to), includes, values ?? {}]),
      );
    },
  };
}

describe("cdn-https-only", () => {
  const one = changing(cdnHttpsOnly, "aws:cloudfront/distribution:Distribution", {
    defaultCacheBehavior: { viewerProtocolPolicy: "redirect-to-https" },
    orderedCacheBehaviors: [{ pathPattern: "*.jpg", viewerProtocolPolicy: "https-only" }],
    viewerCertificate: { acmCertificateArn: "arn", minimumProtocolVersion: "TLSv1.2_2021" },
  });
  const byDefault = "defaultCacheBehavior.viewerProtocolPolicy";
  const minimum = "viewerCertificate.minimumProtocolVersion";
  one.accepts(
    ["comment", "x"],
    [minimum, "TLSv1.3_2025"],
    ["viewerCertificate", { cloudfrontDefaultCertificate: true }],
  );
  one.rejects(
    [byDefault, "allow-all", "the default behaviour has the viewerProtocolPolicy allow-all"],
    ["orderedCacheBehaviors.0.viewerProtocolPolicy", "allow-all", "of *.jpg has the viewerProtocolPolicy allow-all"],
    [byDefault, undefined, "the default behaviour has no viewerProtocolPolicy"],
    ["defaultCacheBehavior", undefined, "the default behaviour has no viewerProtocolPolicy"],
    [minimum, "TLSv1.1_2016", "minimumProtocolVersion is TLSv1.1_2016"],
    [minimum, undefined, "minimumProtocolVersion is not set"],
    ["viewerCertificate", { iamCertificateId: "i", minimumProtocolVersion: "TLSv1" }, "is TLSv1"],
  );
});

describe("api-throttled", () => {
  const one = changing(apiThrottled, "aws:apigatewayv2/stage:Stage", {
    defaultRouteSettings: { throttlingRateLimit: 50, throttlingBurstLimit: 100 },
    routeSettings: [{ routeKey: "GET /a", throttlingRateLimit: 0.5, throttlingBurstLimit: 1 }],
  });
  const [rate, burst] = ["defaultRouteSettings.throttlingRateLimit", "defaultRouteSettings.throttlingBurstLimit"];
  one.accepts(["name", "prod"]);
  one.rejects(
    [rate, undefined, "defaultRouteSettings has no throttlingRateLimit"],
    [burst, undefined, "defaultRouteSettings has no throttlingBurstLimit"],
    [burst, 0, "has a throttlingBurstLimit of 0"],
    [rate, "50", "has a throttlingRateLimit of 50"],
    ["routeSettings.0.throttlingBurstLimit", undefined, "routeSettings of GET /a has no throttlingBurstLimit"],
  );
  const route = { routeKey: "$default", throttlingRateLimit: 1, throttlingBurstLimit: 1 };
  // API Gateway guide, "Throttle requests to your HTTP APIs": a route's own limits win.
  accepts(apiThrottled, [
    ["the limits of the default route", resource("aws:apigatewayv2/stage:Stage", { routeSettings: [route] })],
  ]);
  const bare = resource("aws:apigatewayv2/stage:Stage", { name: "prod" });
  rejects(apiThrottled, [["a stage without limits", bare, ["no throttlingRateLimit", "no throttlingBurstLimit"]]]);
});

describe("logs-expire", () => {
  const one = changing(logsExpire, "aws:cloudwatch/logGroup:LogGroup", { retentionInDays: 30 });
  one.accepts(["name", "x"]);
  accepts(logsExpire, [
    ["logs in transit", resource("aws:cloudwatch/logGroup:LogGroup", { logGroupClass: "DELIVERY" })],
  ]);
  one.rejects(
    ["retentionInDays", undefined, "keeps its logs forever"],
    ["retentionInDays", 0, "keeps its logs forever"],
    ["retentionInDays", "30", "retentionInDays is 30"],
  );
});

describe("bucket-encrypted", () => {
  const bucket = resource("aws:s3/bucket:Bucket", { bucket: "photos" }, "bucket");
  const encryption = (rules: readonly Properties[], name = "photos"): Subject =>
    resource(
      "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
      { bucket: name, rules },
      "encryption",
    );
  const by = (sseAlgorithm: unknown) => ({ applyServerSideEncryptionByDefault: { sseAlgorithm } });
  const inline = (algorithm: string) =>
    resource("aws:s3/bucket:Bucket", { serverSideEncryptionConfiguration: { rule: by(algorithm) } });
  const reported = { ...by("AES256"), bucketKeyEnabled: false };
  const older = (rules: readonly Properties[] | undefined) =>
    resource("aws:s3/bucketV2:BucketV2", {
      bucket: "photos",
      ...(rules === undefined ? {} : { serverSideEncryptionConfigurations: [{ rules }] }),
    });
  accepts(bucketEncrypted, [
    ...["AES256", "aws:kms", "aws:kms:dsse"].map(
      (algorithm) => [algorithm, [bucket, encryption([by(algorithm)])]] as const,
    ),
    ["the older property of the bucket", inline("AES256")],
    // What the provider reads of a bucket without any: S3's default since January 2023.
    ["what the provider reports", { ...bucket, outputs: { serverSideEncryptionConfiguration: { rule: reported } } }],
    ["the lists of a BucketV2", older([{ applyServerSideEncryptionByDefaults: [{ sseAlgorithm: "aws:kms" }] }])],
    [
      "a BucketV2 with a configuration of its own",
      [{ ...older(undefined), name: "bucket" }, encryption([by("AES256")])],
    ],
    // S3 API, ServerSideEncryptionRule: the default is one of three, none of them required.
    ["a rule that blocks SSE-C alone", [bucket, encryption([{ blockedEncryptionTypes: ["SSE-C"] }])]],
  ]);
  rejects(bucketEncrypted, [
    [
      "an unknown algorithm in a BucketV2",
      older([{ applyServerSideEncryptionByDefaults: [{ sseAlgorithm: "x" }] }]),
      "with x",
    ],
    ["a BucketV2 without any", older(undefined), "has no server-side encryption in the program"],
    ["an empty rule", [bucket, encryption([{}])], "has no sseAlgorithm"],
    [
      "a configuration of another bucket",
      [bucket, encryption([by("AES256")], "other")],
      'aws.s3.Bucket "bucket": has no server-side encryption',
    ],
    ["an unknown algorithm", [bucket, encryption([by("DES")])], "encrypts with DES"],
    ["a rule without an algorithm", [bucket, encryption([by(undefined)])], "has no sseAlgorithm"],
    ["no rule", [bucket, encryption([])], "has no sseAlgorithm"],
    ["an unknown algorithm in the older property", inline("none"), "encrypts with none"],
  ]);
});

describe("required-tags", () => {
  const good = { tags: { Project: "p", Stack: "s" } };
  const one = changing(requiredTags, "aws:lambda/function:Function", good);
  one.accepts(["tags.Team", "t"], ["tags", undefined, { tags: [] }]);
  accepts(requiredTags, [["a type without tags", resource("aws:iam/rolePolicy:RolePolicy", {})]]);
  one.rejects(
    ["tags.Stack", undefined, "has no tag Stack"],
    ["tags.Stack", " ", "has no tag Stack"],
    ["tags.Stack", 5, "has no tag Stack"],
    ["tags", undefined, "has no tag Project, Stack"],
    ["name", "x", "has no tag Team", { tags: ["Team"] }],
  );
});
