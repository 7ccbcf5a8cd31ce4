import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { CdnKey } from "./infra/api/cdn-key";
import { MissRouting } from "./infra/api/miss-routing";
import { ResizeApi } from "./infra/api/resize-api";
import { ImageBucket } from "./infra/bucket/image-bucket";
import { CdnDomain } from "./infra/cdn/domain";
import { ImageCdn } from "./infra/cdn/image-cdn";
import { readConfig } from "./infra/config";
import { namesOf } from "./infra/names";
import { AuditTrail } from "./infra/operations/audit-trail";
import { Budget, CostAllocation } from "./infra/operations/budget";
import { Monitoring } from "./infra/operations/monitoring";
import { asArchive, buildPurgePackage, buildResizerPackage } from "./infra/packaging";
import { VariantPurge } from "./infra/purge/variant-purge";
import { Resizer } from "./infra/resizer/resizer";
import { tagResources } from "./infra/tags";

const config = readConfig();
const names = namesOf(pulumi.getProject(), pulumi.getStack());
const place = pulumi.output({
  accountId: aws.getCallerIdentityOutput().accountId,
  region: aws.getRegionOutput().region,
  partition: aws.getPartitionOutput().partition,
});
const facts = { config, names, place };
const tags = tagResources({ Project: names.project, Stack: names.stack, ManagedBy: "Pulumi", ...config.tags });

const redirects = config.cdn.delivery === "redirect";
const bucket = new ImageBucket("images", facts);
const domain = config.cdn.domain && new CdnDomain("domain", { domain: config.cdn.domain });

// A redirect is to the CDN, whose origin needs no API; a failover is to the API, which knows the CDN by a key.
const { redirectingCdn, cdnKey } = redirects
  ? {
      redirectingCdn: new ImageCdn("cdn", {
        ...{ config, domain, origins: { delivery: "redirect", websiteHost: bucket.websiteHost } },
      }),
      cdnKey: undefined,
    }
  : { redirectingCdn: undefined, cdnKey: new CdnKey("cdn-key", facts) };
const resizer = new Resizer("resizer", {
  ...{ ...facts, bucketName: bucket.name, cdnUrl: redirectingCdn?.url, callerHashes: cdnKey?.acceptedHashes },
  code: buildResizerPackage({ architecture: config.resizer.architecture, heic: config.image.heic }).then(asArchive),
});
const api = new ResizeApi("api", { ...facts, resizer });
const cdn =
  redirectingCdn ??
  new ImageCdn(
    "cdn",
    { config, domain, origins: { delivery: "failover", bucketHost: bucket.host, api, key: cdnKey.value } },
    // A stack that has redirected until now has no route for CloudFront yet.
    { dependsOn: api },
  );

if (redirects) new MissRouting("website", { bucketName: bucket.name, api });
else bucket.grantRead(cdn.distributionArn);
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
export const exampleUrl = pulumi.interpolate`${cdn.url}/${config.sizes[0] ?? "640w"}/photo.jpg`;
/** Topic of the alarms, and URL of the dashboard; null in a stack without `operations.monitoring`. */
export const alarmTopicArn = monitoring?.topicArn ?? null;
export const dashboardUrl = monitoring?.dashboardUrl ?? null;
