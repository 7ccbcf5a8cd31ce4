import type { PolicyResource } from "@pulumi/policy";
import { type Behaviour, behavioursOf } from "../aws/behaviours";
import { failoverTargets } from "../aws/bucket-origins";
import { hostsOf, serversOf } from "../aws/served-hosts";
import { bucketOfWebsiteHost, type RoutingRule, type Website, websitesOf } from "../aws/website";
import { isAbsent, listOf, propertyOf, shown, type Json } from "../kit/json";
import { givenOf } from "../kit/given";
import { linked } from "../kit/links";
import { type StackReport, stackRule } from "../kit/rule";
import { attempt, judgeAll } from "../kit/unknown";

const DISTRIBUTION = "aws:cloudfront/distribution:Distribution";
const CACHE_POLICY = "aws:cloudfront/cachePolicy:CachePolicy";

/** AWS's own cache policies that keep nothing which does not say so: CachingDisabled, UseOriginCacheControlHeaders (and -QueryStrings). */
const MANAGED_WITHOUT_TTL = [
  "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
  "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
];
/** What CloudFront takes where a cache policy says nothing, in seconds. */
const DEFAULT_TTLS = { minTtl: 0, defaultTtl: 86_400 };
const LEGACY_TTLS = ["minTtl", "defaultTtl", "maxTtl"];

/** A miss goes to the resizer and comes back once: nothing on the way keeps the redirect, or the resizer's own. */
export const noRedirectLoop = stackRule(
  {
    name: "no-redirect-loop",
    description: "What redirects misses does so for a while, to this stack, and no cache keeps the redirect.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps:
      "Redirect 404 with 307 over https to the stack's API; give every behaviour a cache policy of min and default TTL 0.",
  },
  {},
  (resources, report) => {
    const distributions = resources.filter(({ type }) => type === DISTRIBUTION);
    const websites = websitesOf(resources).filter(({ rules }) => rules.some(redirectsMisses));
    judgeAll([
      ...websites.flatMap((website) => [
        ...website.rules.filter(redirectsMisses).map((rule) => () => {
          judgeRule(rule, website, resources, report);
        }),
        ...distributions.map((distribution) => () => {
          judgeDistribution(distribution, websiteTargets(distribution, website), resources, report);
        }),
      ]),
      // Where CloudFront asks the API itself, a variant too large for an answer is redirected to.
      ...distributions.map((distribution) => () => {
        const targets = failoverTargets(distribution, serversOf(resources));
        judgeDistribution(distribution, targets, resources, report);
      }),
    ]);
  },
);

/** Every rule but one that only gives keys of a prefix another name on the same website. */
function redirectsMisses(rule: RoutingRule): boolean {
  const host = attempt(rule.host);
  return !host.known || !isAbsent(host.value) || !isAbsent(rule.errorCode()) || isAbsent(rule.keyPrefix());
}

function judgeRule(
  rule: RoutingRule,
  website: Website,
  resources: readonly PolicyResource[],
  report: StackReport,
): void {
  const complain = (wrong: string, mend: string): void => {
    report(website.resource, `a routing rule ${wrong}`, mend);
  };
  const errorCode = rule.errorCode();
  if (!isOneOf(errorCode, "404")) {
    complain(
      isAbsent(errorCode) ? "redirects what is there, too" : `is for the error ${shown(errorCode)}`,
      'Set httpErrorCodeReturnedEquals to "404": a website answers a miss with it',
    );
  }
  const redirectCode = rule.redirectCode();
  if (!isOneOf(redirectCode, "307", "302")) {
    complain(
      `answers ${isAbsent(redirectCode) ? "301, the default" : shown(redirectCode)}, which viewers keep`,
      'Set httpRedirectCode to "307"',
    );
  }
  const protocol = rule.protocol();
  if (protocol !== "https") {
    complain(
      isAbsent(protocol) ? "keeps the protocol, which is http from CloudFront" : `redirects over ${shown(protocol)}`,
      'Set protocol to "https"',
    );
  }
  judgeHost(rule, website, resources, complain);
}

function judgeHost(
  rule: RoutingRule,
  website: Website,
  resources: readonly PolicyResource[],
  complain: (wrong: string, mend: string) => void,
): void {
  const servers = serversOf(resources);
  const mend = "Set hostName to the host of the stack's API";
  const host = attempt(rule.host);
  if (!host.known) {
    // Nothing of this stack's: the engine is told that this cannot be judged yet.
    if (linked(website.resource, website.property, servers, rule.host).length === 0) rule.host();
  } else if (isAbsent(host.value)) {
    complain("points back at the website", mend);
  } else if (typeof host.value !== "string" || !hostsOf(servers).has(host.value.toLowerCase())) {
    complain(`points at ${shown(host.value)}, which this stack does not serve`, mend);
  }
}

function judgeDistribution(
  distribution: PolicyResource,
  targets: readonly Json[],
  resources: readonly PolicyResource[],
  report: StackReport,
): void {
  const policies = resources.filter(({ type }) => type === CACHE_POLICY);
  judgeAll(
    behavioursOf((property) => givenOf(distribution, property))
      .filter(({ value }) => targets.includes(propertyOf(value, "targetOriginId")))
      .map((behaviour) => () => {
        judgeBehaviour(distribution, behaviour, policies, report);
      }),
  );
}

/** The ids of the distribution's origins that are the website, and of the origin groups that have one of them. */
function websiteTargets(distribution: PolicyResource, website: Website): readonly Json[] {
  const origins = listOf(propertyOf(distribution.props, "origins"))
    .filter((origin) => {
      const host = attempt(() => propertyOf(origin, "domainName"));
      if (!host.known)
        return linked(distribution, "origins", website.resources, () => propertyOf(origin, "domainName")).length > 0;
      const bucket = typeof host.value === "string" ? bucketOfWebsiteHost(host.value) : undefined;
      return bucket !== undefined && website.bucketNames.includes(bucket);
    })
    .map((origin) => propertyOf(origin, "originId"));
  const groups = listOf(givenOf(distribution, "originGroups")).filter((group) =>
    listOf(propertyOf(group, "members")).some((member) => origins.includes(propertyOf(member, "originId"))),
  );
  return [...origins, ...groups.map((group) => propertyOf(group, "originId"))];
}

function judgeBehaviour(
  distribution: PolicyResource,
  { label, property, value }: Behaviour,
  policies: readonly PolicyResource[],
  report: StackReport,
): void {
  const complain = (wrong: string): void => {
    report(
      distribution,
      `${label} ${wrong}, so that the redirect of a miss is kept and viewers go in circles`,
      "Give it a cache policy with minTtl 0 and defaultTtl 0, and no TTLs of its own",
    );
  };
  for (const ttl of LEGACY_TTLS) {
    // Beside a cache policy the provider works these out itself: unknown in a preview, and nobody has asked for them.
    const seconds = attempt(() => propertyOf(value, ttl));
    if (seconds.known && !isAbsent(seconds.value) && !isOneOf(seconds.value, "0")) {
      complain(`has a ${ttl} of ${shown(seconds.value)} of its own`);
    }
  }
  const read = (): Json => propertyOf(value, "cachePolicyId");
  const id = attempt(read);
  if (id.known && isAbsent(id.value)) {
    complain("has no cache policy");
    return;
  }
  if (id.known && isOneOf(id.value, ...MANAGED_WITHOUT_TTL)) return;
  const found = linked(distribution, property, policies, read);
  if (found.length === 0) complain(`has the cache policy ${shown(read())}, which is not of this stack`);
  for (const policy of found) {
    for (const [ttl, byDefault] of Object.entries(DEFAULT_TTLS)) {
      const seconds = givenOf(policy, ttl) ?? byDefault;
      if (!isOneOf(seconds, "0")) complain(`has the cache policy ${policy.name} with a ${ttl} of ${shown(seconds)}`);
    }
  }
}

/** Whether a value is one of some texts, or the number that one of them spells. */
function isOneOf(value: Json, ...texts: readonly string[]): boolean {
  return (typeof value === "string" || typeof value === "number") && texts.includes(String(value));
}
