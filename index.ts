import * as pulumi from "@pulumi/pulumi";
import { allowedSizes, readConfig } from "./infra/config";
import { currentEnvironment } from "./infra/environment";
import { ImageBucket } from "./infra/image-bucket";
import { ImageCdn } from "./infra/image-cdn";
import { asArchive, buildPackage } from "./infra/lambda-package";
import { MissRouting } from "./infra/miss-routing";
import { apiLogGroup, defaultBucketName } from "./infra/names";
import { ResizeApi } from "./infra/resize-api";
import { Resizer } from "./infra/resizer";
import { resizerVariables } from "./infra/resizer-variables";

const config = readConfig();
const environment = currentEnvironment();
const { project, stack, accountId, region, partition } = environment;
const tags = { Project: project, Stack: stack, ManagedBy: "Pulumi", ...config.tags };

const bucket = new ImageBucket("images", {
  bucketName: config.bucketName || accountId.apply((account) => defaultBucketName(project, stack, account)),
  region,
  partition,
  protect: config.protectBucket,
  variantExpiryDays: config.variantExpiryDays,
  tags,
});

const cdn = new ImageCdn("cdn", { originHost: bucket.websiteHost, priceClass: config.priceClass, tags });

const resizer = new Resizer("resizer", {
  environment,
  bucketName: bucket.name,
  bucketArn: bucket.arn,
  code: asArchive(buildPackage(config.architecture)),
  architecture: config.architecture,
  memorySize: config.memorySize,
  timeout: config.timeout,
  variables: resizerVariables(config, { bucketName: bucket.name, cdnUrl: cdn.url }),
  sizes: allowedSizes(config),
  formats: config.formats,
  tagVariants: config.variantExpiryDays > 0,
  logRetentionDays: config.logRetentionDays,
  tags,
});

const api = new ResizeApi("api", {
  functionName: resizer.functionName,
  invokeArn: resizer.invokeArn,
  throttle: { rateLimit: config.throttleRateLimit, burstLimit: config.throttleBurstLimit },
  logGroupName: apiLogGroup(project, stack),
  logRetentionDays: config.logRetentionDays,
  tags,
});

new MissRouting("website", { bucketName: bucket.name, apiHost: api.host, apiStage: api.stage });

export const cdnUrl = cdn.url;
export const apiUrl = api.url;
export const bucketName = bucket.name;
export const websiteEndpoint = pulumi.interpolate`http://${bucket.websiteHost}`;
export const distributionId = cdn.distributionId;
export const sizes = config.sizes;
/** What a front end needs beside `cdnUrl`: see client/srcset.ts. */
export const allowList = {
  sizes: allowedSizes(config),
  formats: config.formats,
  maxDimension: config.maxDimension,
};
export const exampleUrl = pulumi.interpolate`${cdn.url}/${config.sizes[0] ?? "640w"}/photo.jpg`;
