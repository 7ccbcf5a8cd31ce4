import type { PolicyResource } from "@pulumi/policy";
import { type Behaviour, behavioursOf, DISTRIBUTION, hostsOf, serversOf, targetsOf } from "../lib/cloudfront";
import { inputOf, linked } from "../lib/links";
import { type Report, type StackReport, stackRule } from "../lib/rule";
import { attempt, checkAll, checkEach } from "../lib/unknown";
import { isAbsent, propertyOf, shown, type Json } from "../lib/values";
import { bucketOfWebsiteHost, type RoutingRule, type Website, websitesOf } from "../lib/website";

const CACHE_POLICY = "aws:cloudfront/cachePolicy:CachePolicy";

/** AWS's own cache policies that follow the origin: CachingDisabled, UseOriginCacheControlHeaders (and -QueryStrings). */
const MANAGED_WITHOUT_TTL = [
  "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
  "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
  "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
];
/** CloudFront's defaults for a cache policy, in seconds. */
const DEFAULT_TTLS = { minTtl: 0, defaultTtl: 86_400 };
const LEGACY_TTLS = ["minTtl", "defaultTtl", "maxTtl"];

/** A miss is redirected to the resizer and back once: no cache keeps the redirect, nor the resizer's own. */
export const noRedirectLoop = stackRule(
  {
    name: "no-redirect-loop",
    description: "Misses are redirected temporarily, to a host of this stack, and no cache keeps the redirect.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps:
      "Redirect 404 with 307 over https to the stack's API; give every behaviour a cache policy of min and default TTL 0.",
  },
  {},
  (resources, report) => {
    const distributions = resources.filter(({ type }) => type === DISTRIBUTION);
    const websites = websitesOf(resources).filter(({ rules }) => rules.some(redirectsMisses));
    const servers = serversOf(resources);
    const hosts = new Map(servers.map((server) => [server, hostsOf([server])]));
    checkAll([
      ...websites.flatMap((website) => [
        ...website.rules.filter(redirectsMisses).map((rule) => () => {
          checkRule(rule, website, servers, (problem, fix) => {
            report(website.resource, `a routing rule ${problem}`, fix);
          });
        }),
        ...distributions.map((distribution) => () => {
          const isHost = (host: string) => {
            const isWebsite = website.bucketNames.includes(bucketOfWebsiteHost(host) ?? "");
            return () => isWebsite;
          };
          const { origins, groups } = targetsOf(distribution, website.resources, isHost);
          checkDistribution(distribution, [...origins, ...groups], resources, report);
        }),
      ]),
      // An origin group with the API answers a miss by itself, and redirects only to variants too large for an answer.
      ...distributions.map((distribution) => () => {
        const isHost = (host: string) => (server: PolicyResource) =>
          hosts.get(server)?.has(host.toLowerCase()) ?? false;
        checkDistribution(distribution, targetsOf(distribution, servers, isHost).groups, resources, report);
      }),
    ]);
  },
);

/** Every rule but one that only renames a prefix within the website. */
function redirectsMisses(rule: RoutingRule): boolean {
  const host = attempt(rule.host);
  return !host.known || !isAbsent(host.value) || !isAbsent(rule.errorCode()) || isAbsent(rule.keyPrefix());
}

function checkRule(rule: RoutingRule, website: Website, servers: readonly PolicyResource[], report: Report): void {
  const errorCode = rule.errorCode();
  if (!isOneOf(errorCode, "404")) {
    report(
      isAbsent(errorCode) ? "redirects existing objects, too" : `is for the error ${shown(errorCode)}`,
      'Set httpErrorCodeReturnedEquals to "404", which a website answers to a miss',
    );
  }
  const redirectCode = rule.redirectCode();
  if (!isOneOf(redirectCode, "307", "302")) {
    report(
      `answers ${isAbsent(redirectCode) ? "301, the default" : shown(redirectCode)}, which browsers keep`,
      'Set httpRedirectCode to "307"',
    );
  }
  const protocol = rule.protocol();
  if (protocol !== "https") {
    report(
      isAbsent(protocol) ? "keeps the protocol, which is http from CloudFront" : `redirects over ${shown(protocol)}`,
      'Set protocol to "https"',
    );
  }
  const fix = "Set hostName to the host of the stack's API";
  const host = attempt(rule.host);
  if (!host.known) {
    // An unknown host of no resource of this stack throws here, so that the engine reports the rule as undecided.
    if (linked(website.resource, website.property, servers, rule.host).length === 0) rule.host();
  } else if (isAbsent(host.value)) {
    report("redirects to the website itself", fix);
  } else if (typeof host.value !== "string" || !hostsOf(servers).has(host.value.toLowerCase())) {
    report(`redirects to ${shown(host.value)}, which is no host of this stack`, fix);
  }
}

function checkDistribution(
  distribution: PolicyResource,
  targets: readonly Json[],
  resources: readonly PolicyResource[],
  report: StackReport,
): void {
  const policies = resources.filter(({ type }) => type === CACHE_POLICY);
  const behaviours = behavioursOf((property) => inputOf(distribution, property));
  checkEach(
    behaviours.filter(({ value }) => targets.includes(propertyOf(value, "targetOriginId"))),
    (behaviour) => {
      checkBehaviour(distribution, behaviour, policies, (problem) => {
        report(
          distribution,
          `${behaviour.label} ${problem}, so the redirect of a miss is cached and loops`,
          "Give it a cache policy with minTtl 0 and defaultTtl 0, and no TTLs of its own",
        );
      });
    },
  );
}

function checkBehaviour(
  distribution: PolicyResource,
  { property, value }: Behaviour,
  policies: readonly PolicyResource[],
  report: (problem: string) => void,
): void {
  for (const ttl of LEGACY_TTLS) {
    // Beside a cache policy the provider computes these: unknown in a preview, and not set by the program.
    const seconds = attempt(() => propertyOf(value, ttl));
    if (seconds.known && !isAbsent(seconds.value) && !isOneOf(seconds.value, "0")) {
      report(`has a ${ttl} of ${shown(seconds.value)} of its own`);
    }
  }
  const read = (): Json => propertyOf(value, "cachePolicyId");
  const id = attempt(read);
  if (id.known && isAbsent(id.value)) {
    report("has no cache policy");
    return;
  }
  if (id.known && isOneOf(id.value, ...MANAGED_WITHOUT_TTL)) return;
  const found = linked(distribution, property, policies, read);
  if (found.length === 0) report(`has the cache policy ${shown(read())}, which is not part of this stack`);
  for (const policy of found) {
    for (const [ttl, byDefault] of Object.entries(DEFAULT_TTLS)) {
      const seconds = inputOf(policy, ttl) ?? byDefault;
      if (!isOneOf(seconds, "0")) report(`has the cache policy ${policy.name} with a ${ttl} of ${shown(seconds)}`);
    }
  }
}

/** Checks whether a value is one of some texts, or the number that one of them spells. */
function isOneOf(value: Json, ...texts: readonly string[]): boolean {
  return (typeof value === "string" || typeof value === "number") && texts.includes(String(value));
}
