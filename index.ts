import * as pulumi from "@pulumi/pulumi";
import { allowedSizes } from "./infra/allowed-sizes";
import { AuditTrail } from "./infra/audit-trail";
import { bucketSource } from "./infra/bucket-source";
import { Budget } from "./infra/budget";
import { CdnDomain } from "./infra/cdn-domain";
import { readConfig } from "./infra/config";
import { CostAllocation } from "./infra/cost-allocation";
import { edgeSettings } from "./infra/edge-settings";
import { currentEnvironment } from "./infra/environment";
import { ImageBucket } from "./infra/image-bucket";
import { ImageCdn } from "./infra/image-cdn";
import { asArchive, buildPurgePackage, buildResizerPackage } from "./infra/lambda-package";
import { MissRouting } from "./infra/miss-routing";
import { Monitoring } from "./infra/monitoring";
import { apiLogGroup, trailBucketName, trailName } from "./infra/names";
import { ResizeApi } from "./infra/resize-api";
import { Resizer } from "./infra/resizer";
import { resizerVariables } from "./infra/resizer-variables";
import { VariantPurge } from "./infra/variant-purge";

const config = readConfig();
const environment = currentEnvironment();
const { project, stack, accountId, region, partition } = environment;
const tags = { Project: project, Stack: stack, ManagedBy: "Pulumi", ...config.tags };

const bucket = new ImageBucket("images", {
  source: bucketSource(config, environment),
  region,
  partition,
  publicReads: config.delivery === "redirect",
  corsOrigins: config.corsOrigins,
  variantExpiryDays: config.variantExpiryDays,
  tags,
});

const domain =
  config.domain &&
  new CdnDomain("domain", { domain: config.domain, certificateArn: config.certificateArn || undefined, tags });
const cdnArgs = {
  edge: edgeSettings(config),
  corsOrigins: config.corsOrigins,
  priceClass: config.priceClass,
  domain,
  tags,
};
// A redirect is to the CDN, whose origin needs no API; a failover is to the API, which needs no CDN.
const redirectingCdn =
  config.delivery === "redirect"
    ? new ImageCdn("cdn", { ...cdnArgs, origins: { delivery: "redirect", websiteHost: bucket.websiteHost } })
    : undefined;

const resizer = new Resizer("resizer", {
  environment,
  bucketName: bucket.name,
  bucketArn: bucket.arn,
  code: buildResizerPackage(config.architecture).then(asArchive),
  architecture: config.architecture,
  memorySize: config.memorySize,
  timeout: config.timeout,
  variables: resizerVariables(config, { bucketName: bucket.name, cdnUrl: redirectingCdn?.url }),
  sizes: allowedSizes(config),
  formats: config.formats,
  tagVariants: config.variantExpiryDays > 0,
  tracing: config.tracing,
  reservedConcurrency: config.reservedConcurrency,
  logRetentionDays: config.logRetentionDays,
  tags,
});

const api = new ResizeApi("api", {
  functionName: resizer.functionName,
  invokeArn: resizer.invokeArn,
  keyInPath: config.delivery === "failover",
  corsOrigins: config.corsOrigins,
  throttle: { rateLimit: config.throttleRateLimit, burstLimit: config.throttleBurstLimit },
  logGroupName: apiLogGroup(project, stack),
  logRetentionDays: config.logRetentionDays,
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
if (config.delivery === "redirect") {
  new MissRouting("website", { bucketName: bucket.name, apiHost: api.host, apiStage: api.stage });
} else {
  bucket.letRead(cdn.distributionArn);
}
domain?.pointAt(cdn);

if (config.auditTrail) {
  new AuditTrail("audit", {
    bucketArn: bucket.arn,
    trailName: trailName(project, stack),
    logBucketName: accountId.apply((account) => trailBucketName(project, stack, account)),
    partition,
    retentionDays: config.logRetentionDays,
    tags,
  });
}

const purge = config.freshVariants
  ? new VariantPurge("purge", {
      environment,
      bucketName: bucket.name,
      bucketArn: bucket.arn,
      distributionId: cdn.distributionId,
      distributionArn: cdn.distributionArn,
      code: buildPurgePackage().then(asArchive),
      sizes: config.sizes,
      formats: config.formats,
      keyInQuery: config.delivery === "failover",
      resizerTimeout: config.timeout,
      tracing: config.tracing,
      logRetentionDays: config.logRetentionDays,
      tags,
    })
  : undefined;

const monitoring = config.monitoring
  ? new Monitoring("monitoring", {
      environment,
      alarmEmail: config.alarmEmail,
      distributionId: cdn.distributionId,
      apiId: api.apiId,
      functionName: resizer.functionName,
      timeout: config.timeout,
      reservedConcurrency: config.reservedConcurrency,
      sizes: allowedSizes(config),
      purge,
      tags,
    })
  : undefined;
if (config.monthlyBudgetUsd > 0) {
  new Budget("budget", { environment, monthlyUsd: config.monthlyBudgetUsd, email: config.alarmEmail, tags });
}
if (config.costAllocationTags) new CostAllocation("cost-allocation");

export const cdnUrl = cdn.url;
export const apiUrl = api.url;
export const bucketName = bucket.name;
export const websiteEndpoint = config.delivery === "redirect" ? pulumi.interpolate`http://${bucket.websiteHost}` : null;
/** What the records of a domain point at, where they are made by hand. */
export const domainTarget = domain ? cdn.host : null;
export const distributionId = cdn.distributionId;
export const sizes = config.sizes;
/** What a front end needs beside `cdnUrl`: see tools/srcset. */
export const allowList = {
  sizes: allowedSizes(config),
  formats: config.formats,
  maxDimension: config.maxDimension,
};
export const exampleUrl = pulumi.interpolate`${cdn.url}/${config.sizes[0] ?? "640w"}/photo.jpg`;
/** Where alarms go, and where the dashboard is; null in a stack without `monitoring`. */
export const alarmTopicArn = monitoring?.topicArn ?? null;
export const dashboardUrl = monitoring?.dashboardUrl ?? null;
