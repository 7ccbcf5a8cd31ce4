import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import { type AllowList, fitsWithin, parseSize } from "../../functions/variant-key";
import type { ConfigSchema } from "../config";
import { arnOf, BUCKET_NAME, namesOf, type Place } from "../names";
import { invalidationPolicy, purgePolicy } from "../purge/policy";
import { MAX_INLINE_POLICY_CHARACTERS, resizerPolicy } from "../resizer/policy";
import { parseCacheControl, sharedMaxAge } from "./cache-control";

type Config = z.output<typeof ConfigSchema>;

/** A rule about several keys, checked where each of them is right by itself. `sizes[]` is each size of the list. */
interface Rule {
  readonly keys: readonly string[];
  readonly problems: (config: Config) => string | readonly string[] | false | undefined;
}

/** Returns a sentence for each rule that a config breaks, but for the rules about keys that are wrong by themselves. */
export function brokenRules(config: Config, wrongKeys: readonly string[]): string[] {
  const isWrong = (key: string) =>
    wrongKeys.some((wrong) => `${wrong}.`.startsWith(`${key}.`) || `${key}.`.startsWith(`${wrong}.`));
  return RULES.filter(({ keys }) => !keys.some(isWrong))
    .flatMap(({ problems }) => problems(config))
    .filter((sentence) => typeof sentence === "string");
}

/** Returns the allow-list that a config describes. */
export function allowListOf({ sizes, retiredSizes, formats, image }: Config): AllowList {
  return {
    sizes: image.allowUnlistedSizes ? "any" : sizes,
    ...(retiredSizes.length > 0 ? { retiredSizes } : {}),
    formats,
    maxDimension: image.maxDimension,
  };
}

/** Longest time in seconds that CloudFront may serve a variant after the bucket has expired it. */
const MAX_LEFTOVER_SECONDS = 86_400;
/** An account id and the longest partition and region, for lengths that must be known before AWS is asked. */
const LONGEST_PLACE: Place = { accountId: "123456789012", partition: "aws-us-gov", region: "ap-southeast-10" };

/** Names in API Gateway and Lambda allow these characters, and no dots as Pulumi does. */
const PLAIN_NAME = /^[A-Za-z0-9_-]{1,64}$/;

const RULES: readonly Rule[] = [
  {
    keys: ["sizes", "sizes[]", "image.allowUnlistedSizes"],
    problems: ({ sizes, image }) =>
      sizes.length === 0 &&
      !image.allowUnlistedSizes &&
      "sizes is []: allowed is a list of at least one size such as 360x270, 640w or 480h, or image.allowUnlistedSizes: true",
  },
  {
    keys: ["sizes", "image.maxDimension"],
    problems: ({ sizes, image: { maxDimension } }) =>
      sizes
        .filter((text) => !fitsWithin(parseSize(text) ?? { text }, maxDimension))
        .map((text) => `sizes has ${text}: allowed is a side of 1 to ${maxDimension} (image.maxDimension)`),
  },
  { keys: ["sizes"], problems: ({ sizes }) => duplicates("sizes", sizes) },
  { keys: ["formats"], problems: ({ formats }) => duplicates("formats", formats) },
  {
    keys: ["sizes", "retiredSizes"],
    problems: ({ sizes, retiredSizes }) => [
      ...duplicates("retiredSizes", retiredSizes),
      ...retiredSizes
        .filter((size) => sizes.includes(size))
        .map((size) => `retiredSizes has ${size}, and so has sizes: allowed is one of them`),
    ],
  },
  { keys: ["bucket.name"], problems: bucketNameProblem },
  { keys: ["bucket.auditTrail"], problems: trailNameProblem },
  { keys: ["bucket.purgeOnChange"], problems: functionNameProblem },
  {
    keys: ["bucket.adopt", "bucket.name"],
    problems: ({ bucket }) =>
      bucket.adopt &&
      bucket.name === undefined &&
      "bucket.adopt is true and bucket.name is missing: allowed is the name of the bucket to adopt",
  },
  {
    keys: ["bucket.forceDestroy", "bucket.adopt"],
    problems: ({ bucket }) =>
      bucket.forceDestroy &&
      bucket.adopt &&
      "bucket.forceDestroy is true and bucket.adopt is true: allowed for an adopted bucket is false",
  },
  {
    keys: ["bucket.forceDestroy", "bucket.protect"],
    problems: ({ bucket }) =>
      bucket.forceDestroy &&
      bucket.protect &&
      "bucket.forceDestroy is true and bucket.protect is true: allowed is one of them",
  },
  {
    keys: ["cdn.domain"],
    problems: ({ cdn: { domain } }) =>
      domain &&
      domain.hostedZoneId === undefined &&
      domain.certificateArn === undefined &&
      "cdn.domain has no hostedZoneId: allowed is one, which proves the certificate, or a certificateArn",
  },
  {
    keys: ["bucket.purgeOnChange", "image.allowUnlistedSizes"],
    problems: ({ bucket, image }) =>
      bucket.purgeOnChange &&
      image.allowUnlistedSizes &&
      "bucket.purgeOnChange is true with image.allowUnlistedSizes: allowed is a list of sizes, which says what to delete",
  },
  {
    keys: ["cdn.cacheControl", "bucket.purgeOnChange", "bucket.variantExpiryDays"],
    problems: ({ cdn: { cacheControl }, bucket: { purgeOnChange, variantExpiryDays } }) =>
      purgeOnChange &&
      variantExpiryDays !== undefined &&
      sharedMaxAge(cacheControl) > MAX_LEFTOVER_SECONDS &&
      `cdn.cacheControl is ${cacheControl} with bucket.purgeOnChange and bucket.variantExpiryDays ${variantExpiryDays}, and a ` +
        "purge does not find the CDN's copy of an expired variant: allowed is an s-maxage of at most " +
        `${MAX_LEFTOVER_SECONDS}, or no bucket.variantExpiryDays`,
  },
  {
    keys: ["cdn.cacheControl", "bucket.purgeOnChange"],
    problems: ({ cdn: { cacheControl }, bucket: { purgeOnChange } }) =>
      purgeOnChange &&
      parseCacheControl(cacheControl)?.has("immutable") &&
      `cdn.cacheControl is ${cacheControl} with bucket.purgeOnChange, and a browser never asks for an immutable variant again: ` +
        "allowed is a header such as public, max-age=300, s-maxage=31536000",
  },
  {
    keys: ["cdn.corsOrigins", "cdn.corsOrigins[]"],
    problems: ({ cdn: { corsOrigins } }) =>
      corsOrigins.includes("*") &&
      corsOrigins.length > 1 &&
      "cdn.corsOrigins has * beside others: allowed is [*] alone, which is every origin, or a list without it",
  },
  {
    // A redirected miss crosses from one origin to another, after which a browser names none: it sends `Origin: null` to
    // the API and to the CDN again (Fetch standard, "redirect-tainted origin"). Only `*` answers that.
    keys: ["cdn.corsOrigins", "cdn.corsOrigins[]", "cdn.delivery"],
    problems: ({ cdn: { corsOrigins, delivery } }) =>
      delivery === "redirect" &&
      corsOrigins.length > 0 &&
      !corsOrigins.includes("*") &&
      `cdn.corsOrigins is ${JSON.stringify(corsOrigins)} with cdn.delivery redirect, where browsers call the origin null from ` +
        "the second hop of a miss on: allowed is [*], or cdn.delivery failover with the list",
  },
  {
    keys: ["operations.monthlyBudgetUsd", "operations.alarmEmail"],
    problems: ({ operations: { monthlyBudgetUsd, alarmEmail } }) =>
      monthlyBudgetUsd !== undefined &&
      alarmEmail === undefined &&
      `operations.monthlyBudgetUsd is ${monthlyBudgetUsd} and operations.alarmEmail is missing: allowed is an address for its alerts`,
  },
  {
    keys: ["operations.alarmEmail", "operations.monitoring", "operations.monthlyBudgetUsd"],
    problems: ({ operations: { alarmEmail, monitoring, monthlyBudgetUsd } }) =>
      alarmEmail !== undefined &&
      !monitoring &&
      monthlyBudgetUsd === undefined &&
      `operations.alarmEmail is ${alarmEmail} and nothing is sent to it: allowed with operations.monitoring or operations.monthlyBudgetUsd`,
  },
  {
    keys: [
      "sizes",
      "sizes[]",
      "retiredSizes",
      "retiredSizes[]",
      "formats",
      "formats[]",
      "image",
      "bucket",
      "operations.tracing",
    ],
    problems: policyProblem,
  },
];

function duplicates(key: string, values: readonly string[]): string[] {
  const repeated = new Set(values.filter((value, index) => values.indexOf(value) !== index));
  return [...repeated].map((value) => `${key} has ${value} more than once: allowed is each once`);
}

function bucketNameProblem(config: Config): string | undefined {
  const name = bucketNameOf(config);
  if (BUCKET_NAME.test(name)) return undefined;
  return `bucket.name is missing and S3 does not allow the default name ${name}: allowed is a bucket.name of your own`;
}

function trailNameProblem({ bucket }: Config): string | undefined {
  const name = `${names().trailBucket}-1a2b3c4`;
  if (!bucket.auditTrail || BUCKET_NAME.test(name)) return undefined;
  return (
    `bucket.auditTrail is true and the bucket of its records would be named ${name}, which S3 does not allow: allowed are ` +
    "shorter project and stack names, or bucket.auditTrail: false"
  );
}

function functionNameProblem({ bucket }: Config): string | undefined {
  // The longest of the names; EventBridge's are as long as Lambda's at the most.
  const longest = bucket.purgeOnChange ? names().purgeRule : names().resizer;
  if (PLAIN_NAME.test(longest)) return undefined;
  return (
    `${bucket.purgeOnChange ? "the rule" : "the function"} would be named ${longest}: allowed are project and stack names ` +
    "that make it at most 64 letters, digits, hyphens and underscores"
  );
}

/** The roles' policies spell out every spec, and IAM limits their length. */
function policyProblem(config: Config): string | undefined {
  const { bucket, operations } = config;
  const args = {
    ...{ names: names(), bucketName: bucketNameOf(config) },
    ...{ allowList: allowListOf(config), tracing: operations.tracing },
  };
  const resizer = resizerPolicy(LONGEST_PLACE, { ...args, tagVariants: bucket.variantExpiryDays !== undefined });
  const distributionArn = arnOf(LONGEST_PLACE, "cloudfront", "distribution/E123456789ABCD");
  // A role's inline policies count together.
  const purge = [purgePolicy(LONGEST_PLACE, args), invalidationPolicy(distributionArn)];
  const length = Math.max(lengthOf(resizer), bucket.purgeOnChange ? lengthOf(...purge) : 0);
  if (length <= MAX_INLINE_POLICY_CHARACTERS) return undefined;
  return (
    `sizes has ${config.sizes.length} sizes in ${1 + config.formats.length} formats, a role policy of ${length} characters: ` +
    `allowed is ${MAX_INLINE_POLICY_CHARACTERS} (IAM's limit), so fewer sizes, retiredSizes or formats, or a shorter bucket.name`
  );
}

function names() {
  return namesOf(pulumi.getProject(), pulumi.getStack());
}

function bucketNameOf({ bucket }: Config): string {
  return bucket.name ?? names().bucket(LONGEST_PLACE);
}

function lengthOf(...policies: object[]): number {
  return policies.reduce((sum, policy) => sum + JSON.stringify(policy).length, 0);
}
