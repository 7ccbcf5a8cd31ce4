import * as pulumi from "@pulumi/pulumi";
import { CdnKey } from "./infra/api/cdn-key";
import { MissRouting } from "./infra/api/miss-routing";
import { ResizeApi } from "./infra/api/resize-api";
import { ImageBucket } from "./infra/bucket/image-bucket";
import { checkPublicPolicies } from "./infra/bucket/public-policies";
import { CdnDomain } from "./infra/cdn/domain";
import { ImageCdn } from "./infra/cdn/image-cdn";
import { readConfig } from "./infra/config";
import { namesOf } from "./infra/names";
import { AuditTrail } from "./infra/operations/audit-trail";
import { Budget, CostAllocation } from "./infra/operations/budget";
import { Monitoring } from "./infra/operations/monitoring";
import { asArchive, buildPurgePackage, buildResizerPackage } from "./infra/packaging";
import { readPlace } from "./infra/place";
import { VariantPurge } from "./infra/purge/variant-purge";
import { Resizer } from "./infra/resizer/resizer";
import { tagResources } from "./infra/tags";

const config = readConfig();
const names = namesOf(pulumi.getProject(), pulumi.getStack());
const redirects = config.cdn.delivery === "redirect";
// Everything is named by it, so that nothing is registered in an account that cannot have the stack.
const place = pulumi.output(redirects ? checkPublicPolicies().then(readPlace) : readPlace());
const facts = { config, names, place };
const tags = tagResources({ Project: names.project, Stack: names.stack, ManagedBy: "Pulumi", ...config.tags });

const bucket = new ImageBucket("images", facts);
const domain = config.cdn.domain && new CdnDomain("domain", { domain: config.cdn.domain });

const api = new ResizeApi("api", facts);

// CloudFront comes after all that it is to ask, and before what it does not ask any more is taken away: a switch of the
// delivery takes minutes, in which it does both. With failover the function knows it by a key.
const cdnKey = redirects ? undefined : new CdnKey("cdn-key", facts);
const website = redirects ? new MissRouting("website", { bucketName: bucket.name, api }) : undefined;
if (website) bucket.publish(website);
const cdn = new ImageCdn(
  "cdn",
  {
    config,
    domain,
    origins: cdnKey
      ? { delivery: "failover", bucketHost: bucket.host, api, key: cdnKey.value }
      : { delivery: "redirect", websiteHost: bucket.websiteHost },
  },
  { dependsOn: website ? [api, bucket, website] : api },
);
if (!website) bucket.grantRead(cdn.distributionArn);

new Resizer("resizer", {
  ...{ ...facts, bucketName: bucket.name, cdnUrl: cdn.url, api, callerHashes: cdnKey?.acceptedHashes },
  code: buildResizerPackage({ architecture: config.resizer.architecture, heic: config.image.heic }).then(asArchive),
});
domain?.pointAt(cdn);

if (config.bucket.auditTrail) new AuditTrail("audit", { ...facts, bucketArn: bucket.arn });
if (config.bucket.purgeOnChange) {
  const code = buildPurgePackage().then(asArchive);
  new VariantPurge("purge", { ...facts, bucketName: bucket.name, cdn, code });
}

const { monthlyBudgetUsd, alarmEmail } = config.operations;
const monitoring = config.operations.monitoring
  ? new Monitoring("monitoring", { ...facts, distributionId: cdn.distributionId, apiId: api.apiId })
  : undefined;
if (monthlyBudgetUsd !== undefined && alarmEmail !== undefined) {
  new Budget("budget", { names, monthlyUsd: monthlyBudgetUsd, email: alarmEmail, tags });
}
if (config.operations.costAllocationTags) new CostAllocation("cost-allocation");

export const cdnUrl = cdn.url;
export const apiUrl = api.url;
export const bucketName = bucket.name;
export const websiteEndpoint = redirects ? pulumi.interpolate`http://${bucket.websiteHost}` : null;
/** Target of the records of a domain, where you create them. */
export const domainTarget = domain ? cdn.host : null;
export const distributionId = cdn.distributionId;
export const { sizes, allowList } = config;
export const { purgeOnChange } = config.bucket;
export const exampleUrl = pulumi.interpolate`${cdn.url}/${config.sizes[0] ?? "640w"}/photo.jpg`;
/** Topic of the alarms, and URL of the dashboard; null in a stack without `operations.monitoring`. */
export const alarmTopicArn = monitoring?.topicArn ?? null;
export const dashboardUrl = monitoring?.dashboardUrl ?? null;
