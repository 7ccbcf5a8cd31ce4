import type { StackConfig } from "./config";

/** What does not go together in a config whose values are each right by themselves: one sentence a conflict. */
export function conflicts(config: StackConfig): string[] {
  return [
    ...bucketConflicts(config),
    ...domainConflicts(config),
    ...freshnessConflicts(config),
    ...alertConflicts(config),
    ...corsConflicts(config),
  ];
}

function bucketConflicts({ adoptBucket, bucketName, protectBucket, onDestroy }: StackConfig): string[] {
  const problems: string[] = [];
  if (adoptBucket && bucketName === "") {
    problems.push("adoptBucket is true and bucketName is empty: allowed is the name of the bucket to adopt");
  }
  if (onDestroy === "delete-photographs" && adoptBucket) {
    problems.push("onDestroy is delete-photographs: allowed for an adopted bucket is keep-photographs");
  }
  if (onDestroy === "delete-photographs" && protectBucket) {
    problems.push("onDestroy is delete-photographs and protectBucket is true: allowed is one of them");
  }
  return problems;
}

function domainConflicts({ domain, certificateArn }: StackConfig): string[] {
  if (!domain) {
    return certificateArn === ""
      ? []
      : ["certificateArn is set without a domain: allowed is domain: {name: ...} with it, the name that it is for"];
  }
  return domain.hostedZoneId === undefined && certificateArn === ""
    ? ["domain has no hostedZoneId: allowed is one, to prove the certificate by, or a certificateArn"]
    : [];
}

/** How long CloudFront may serve a variant that the bucket has expired and nobody can find any more, in seconds: a day. */
const LONGEST_LEFTOVER = 86_400;

function freshnessConflicts(config: StackConfig): string[] {
  const { freshVariants, allowUnlistedSizes, cacheControl, variantExpiryDays } = config;
  if (!freshVariants) return [];
  const problems: string[] = [];
  if (allowUnlistedSizes) {
    problems.push(
      "freshVariants is true with allowUnlistedSizes: allowed is a list of sizes, which says what to delete",
    );
  }
  if (variantExpiryDays > 0 && sharedAge(cacheControl) > LONGEST_LEFTOVER) {
    problems.push(
      `cacheControl is ${cacheControl} with freshVariants and variantExpiryDays ${variantExpiryDays}, and of a variant that ` +
        "has expired only the CDN's copy is left, which is not found: allowed is an s-maxage of at most " +
        `${LONGEST_LEFTOVER}, or variantExpiryDays 0`,
    );
  }
  if (/\bimmutable\b/i.test(cacheControl)) {
    problems.push(
      `cacheControl is ${cacheControl} with freshVariants, and nothing can call an immutable variant back from a browser: ` +
        "allowed is one such as public, max-age=300, s-maxage=31536000",
    );
  }
  return problems;
}

/** How long a shared cache may keep an answer, in seconds; 0 where it says nothing of that (RFC 9111, 5.2.2.10). */
function sharedAge(cacheControl: string): number {
  const age = /\bs-maxage=(\d+)/i.exec(cacheControl) ?? /\bmax-age=(\d+)/i.exec(cacheControl);
  return Number(age?.[1] ?? 0);
}

function alertConflicts({ monitoring, alarmEmail, monthlyBudgetUsd }: StackConfig): string[] {
  const problems: string[] = [];
  if (monthlyBudgetUsd > 0 && alarmEmail === "") {
    problems.push(`monthlyBudgetUsd is ${monthlyBudgetUsd} and alarmEmail is empty: allowed is an address to tell`);
  }
  if (alarmEmail !== "" && !monitoring && monthlyBudgetUsd === 0) {
    problems.push(
      `alarmEmail is ${alarmEmail} and nothing tells it anything: allowed with monitoring or a monthlyBudgetUsd`,
    );
  }
  return problems;
}

/**
 * A miss that is redirected crosses from one origin to another, after which a browser names none: it sends `Origin: null`
 * to the API and to the CDN again (Fetch standard, "redirect-tainted origin"). Only `*` answers that.
 */
function corsConflicts({ corsOrigins, delivery }: StackConfig): string[] {
  if (corsOrigins.includes("*")) {
    return corsOrigins.length === 1
      ? []
      : ["corsOrigins has * beside others: allowed is [*] alone, which is every origin, or a list without it"];
  }
  return corsOrigins.length > 0 && delivery === "redirect"
    ? [
        `corsOrigins is ${JSON.stringify(corsOrigins)} with delivery redirect, where browsers call the origin null from ` +
          "the second hop of a miss on: allowed is [*], or delivery failover with the list",
      ]
    : [];
}
