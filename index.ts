import * as pulumi from "@pulumi/pulumi";
import { allowedSizes, readConfig } from "./infra/config";
import { edgeSettings } from "./infra/edge-settings";
import { currentEnvironment } from "./infra/environment";
import { ImageBucket } from "./infra/image-bucket";
import { ImageCdn } from "./infra/image-cdn";
import { asArchive, buildPurgePackage, buildResizerPackage } from "./infra/lambda-package";
import { MissRouting } from "./infra/miss-routing";
import { apiLogGroup, defaultBucketName } from "./infra/names";
import { ResizeApi } from "./infra/resize-api";
import { Resizer } from "./infra/resizer";
import { resizerVariables } from "./infra/resizer-variables";
import { VariantPurge } from "./infra/variant-purge";

const config = readConfig();
const environment = currentEnvironment();
const { project, stack, accountId, region, partition } = environment;
const tags = { Project: project, Stack: stack, ManagedBy: "Pulumi", ...config.tags };

const bucket = new ImageBucket("images", {
  bucketName: config.bucketName || accountId.apply((account) => defaultBucketName(project, stack, account)),
  region,
  partition,
  publicReads: config.delivery === "redirect",
  protect: config.protectBucket,
  variantExpiryDays: config.variantExpiryDays,
  tags,
});

const cdnArgs = { edge: edgeSettings(config), priceClass: config.priceClass, tags };
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
  logRetentionDays: config.logRetentionDays,
  tags,
});

const api = new ResizeApi("api", {
  functionName: resizer.functionName,
  invokeArn: resizer.invokeArn,
  keyInPath: config.delivery === "failover",
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

if (config.freshVariants) {
  new VariantPurge("purge", {
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
    logRetentionDays: config.logRetentionDays,
    tags,
  });
}

export const cdnUrl = cdn.url;
export const apiUrl = api.url;
export const bucketName = bucket.name;
export const websiteEndpoint = config.delivery === "redirect" ? pulumi.interpolate`http://${bucket.websiteHost}` : null;
export const distributionId = cdn.distributionId;
export const sizes = config.sizes;
/** What a front end needs beside `cdnUrl`: see client/srcset.ts. */
export const allowList = {
  sizes: allowedSizes(config),
  formats: config.formats,
  maxDimension: config.maxDimension,
};
export const exampleUrl = pulumi.interpolate`${cdn.url}/${config.sizes[0] ?? "640w"}/photo.jpg`;
