import * as pulumi from "@pulumi/pulumi";
import { AuditTrail } from "./infra/operations/audit-trail";
import { bucketSource } from "./infra/bucket/source";
import { Budget } from "./infra/operations/budget";
import { CdnDomain } from "./infra/cdn/domain";
import { readConfig } from "./infra/config";
import { CostAllocation } from "./infra/operations/cost-allocation";
import { edgeSettings } from "./infra/cdn/edge-settings";
import { currentEnvironment } from "./infra/environment";
import { ImageBucket } from "./infra/bucket/image-bucket";
import { ImageCdn } from "./infra/cdn/image-cdn";
import { asArchive, buildPurgePackage, buildResizerPackage } from "./infra/packaging";
import { MissRouting } from "./infra/api/miss-routing";
import { Monitoring } from "./infra/operations/monitoring";
import { apiLogGroup, trailBucketName, trailName } from "./infra/names";
import { ResizeApi } from "./infra/api/resize-api";
import { Resizer } from "./infra/resizer/resizer";
import { resizerVariables } from "./infra/resizer/variables";
import { VariantPurge } from "./infra/purge/variant-purge";

const config = readConfig();
const environment = currentEnvironment();
const { project, stack, accountId, region, partition } = environment;
const tags = { Project: project, Stack: stack, ManagedBy: "Pulumi", ...config.tags };

const bucket = new ImageBucket("images", {
  source: bucketSource(config, environment),
  region,
  partition,
  publicReads: config.cdn.delivery === "redirect",
  corsOrigins: config.cdn.corsOrigins,
  variantExpiryDays: config.bucket.variantExpiryDays,
  tags,
});

const domain =
  config.cdn.domain &&
  new CdnDomain("domain", {
    domainName: config.cdn.domain.name,
    hostedZoneId: config.cdn.domain.hostedZoneId,
    certificateArn: config.cdn.domain.certificateArn,
    tags,
  });
const cdnArgs = {
  edge: edgeSettings(config),
  corsOrigins: config.cdn.corsOrigins,
  priceClass: config.cdn.priceClass,
  domain,
  tags,
};
// A redirect is to the CDN, whose origin needs no API; a failover is to the API, which needs no CDN.
const redirectingCdn =
  config.cdn.delivery === "redirect"
    ? new ImageCdn("cdn", { ...cdnArgs, origins: { delivery: "redirect", websiteHost: bucket.websiteHost } })
    : undefined;

const resizer = new Resizer("resizer", {
  environment,
  bucketName: bucket.name,
  bucketArn: bucket.arn,
  code: buildResizerPackage(config.resizer.architecture).then(asArchive),
  architecture: config.resizer.architecture,
  memorySize: config.resizer.memorySize,
  timeout: config.resizer.timeout,
  variables: resizerVariables(config, { bucketName: bucket.name, cdnUrl: redirectingCdn?.url }),
  allowList: config.allowList,
  tagVariants: config.bucket.variantExpiryDays !== undefined,
  tracing: config.operations.tracing,
  reservedConcurrency: config.resizer.reservedConcurrency,
  logRetentionDays: config.operations.logRetentionDays,
  tags,
});

const api = new ResizeApi("api", {
  functionName: resizer.functionName,
  invokeArn: resizer.invokeArn,
  keyInPath: config.cdn.delivery === "failover",
  corsOrigins: config.cdn.corsOrigins,
  throttle: { rateLimit: config.resizer.rateLimit, burstLimit: config.resizer.burstLimit },
  logGroupName: apiLogGroup(project, stack),
  logRetentionDays: config.operations.logRetentionDays,
  tags,
});

const cdn =
  redirectingCdn ??
  new ImageCdn(
    "cdn",
    {
      ...cdnArgs,
      origins: { delivery: "failover", bucketHost: bucket.host, apiHost: api.host, apiPath: api.path },
    },
    // A stack that has redirected until now has no route for CloudFront yet.
    { dependsOn: api },
  );
if (config.cdn.delivery === "redirect") {
  new MissRouting("website", { bucketName: bucket.name, apiHost: api.host, apiStage: api.stage });
} else {
  bucket.letRead(cdn.distributionArn);
}
domain?.pointAt(cdn);

if (config.bucket.auditTrail) {
  new AuditTrail("audit", {
    bucketArn: bucket.arn,
    trailName: trailName(project, stack),
    logBucketName: accountId.apply((account) => trailBucketName(project, stack, account)),
    partition,
    retentionDays: config.operations.logRetentionDays,
    tags,
  });
}

const purge = config.bucket.purgeOnChange
  ? new VariantPurge("purge", {
      environment,
      bucketName: bucket.name,
      bucketArn: bucket.arn,
      distributionId: cdn.distributionId,
      distributionArn: cdn.distributionArn,
      code: buildPurgePackage().then(asArchive),
      allowList: config.allowList,
      keyInQuery: config.cdn.delivery === "failover",
      resizerTimeout: config.resizer.timeout,
      tracing: config.operations.tracing,
      logRetentionDays: config.operations.logRetentionDays,
      tags,
    })
  : undefined;

const monitoring = config.operations.monitoring
  ? new Monitoring("monitoring", {
      environment,
      alarmEmail: config.operations.alarmEmail,
      distributionId: cdn.distributionId,
      apiId: api.apiId,
      functionName: resizer.functionName,
      timeout: config.resizer.timeout,
      reservedConcurrency: config.resizer.reservedConcurrency,
      allowList: config.allowList,
      purge,
      tags,
    })
  : undefined;
const { monthlyBudgetUsd, alarmEmail } = config.operations;
if (monthlyBudgetUsd !== undefined && alarmEmail !== undefined) {
  new Budget("budget", { environment, monthlyUsd: monthlyBudgetUsd, email: alarmEmail, tags });
}
if (config.operations.costAllocationTags) new CostAllocation("cost-allocation");

export const cdnUrl = cdn.url;
export const apiUrl = api.url;
export const bucketName = bucket.name;
export const websiteEndpoint =
  config.cdn.delivery === "redirect" ? pulumi.interpolate`http://${bucket.websiteHost}` : null;
/** What the records of a domain point at, where they are made by hand. */
export const domainTarget = domain ? cdn.host : null;
export const distributionId = cdn.distributionId;
export const sizes = config.sizes;
/** What a front end needs beside `cdnUrl`: see tools/srcset. */
export const { allowList } = config;
export const exampleUrl = pulumi.interpolate`${cdn.url}/${config.sizes[0] ?? "640w"}/photo.jpg`;
/** Where alarms go, and where the dashboard is; null in a stack without `monitoring`. */
export const alarmTopicArn = monitoring?.topicArn ?? null;
export const dashboardUrl = monitoring?.dashboardUrl ?? null;
