import { fitsWithin, parseSize } from "../../functions/variant-key";
import type { StackConfig } from "../config";
import { parseCacheControl, sharedMaxAge } from "./cache-control";
import { bucketNameProblem, functionNameProblem, policyProblem, trailNameProblem } from "./limits";
import type { Problem } from "./problems";

/** A rule about several keys, checked where each of them is right by itself. `sizes[]` is each size of the list. */
interface Rule {
  readonly keys: readonly string[];
  readonly problems: (config: StackConfig) => string | readonly string[] | false | undefined;
}

/** Returns the problems of a config whose `wrong` keys have been replaced by defaults. */
export function brokenRules(config: StackConfig, wrong: readonly string[]): Problem[] {
  const isWrong = (key: string) => wrong.some((it) => `${it}.`.startsWith(`${key}.`) || `${key}.`.startsWith(`${it}.`));
  return RULES.filter(({ keys }) => !keys.some(isWrong)).flatMap(({ keys: [key = ""], problems }) => {
    const found = problems(config);
    const sentences = found === false || found === undefined ? [] : [found].flat();
    return sentences.map((sentence) => ({ key, sentence }));
  });
}

/** Longest time in seconds that CloudFront may serve a variant after the bucket has expired it. */
const MAX_LEFTOVER_SECONDS = 86_400;

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
    keys: ["cdn.corsOrigins", "cdn.delivery"],
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
    keys: ["sizes", "sizes[]", "formats", "formats[]", "bucket", "operations.tracing"],
    problems: policyProblem,
  },
];

function duplicates(key: string, values: readonly string[]): string[] {
  const repeated = new Set(values.filter((value, index) => values.indexOf(value) !== index));
  return [...repeated].map((value) => `${key} has ${value} more than once: allowed is each once`);
}
