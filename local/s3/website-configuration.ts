import { UserError, type RegisteredResource } from "../program";

/** What a bucket's website does with a request. (S3 user guide, Website routing rules) */
export interface WebsiteConfiguration {
  readonly indexSuffix: string;
  readonly routingRules: readonly RoutingRule[];
}

/** A declared routing rule. A condition that is not there always holds. */
export interface RoutingRule {
  readonly keyPrefixEquals: string | undefined;
  readonly errorCode: number | undefined;
  readonly redirect: {
    readonly protocol: string | undefined;
    readonly hostName: string | undefined;
    readonly code: number;
    readonly replaceKeyPrefixWith: string | undefined;
    readonly replaceKeyWith: string | undefined;
  };
}

/** S3's redirect where the rule names no other. */
const DEFAULT_CODE = "301";

/**
 * The website that the program declares for a bucket; `undefined` if it declares none.
 * @throws UserError for what S3 would refuse, or what the local stack does not serve
 */
export function websiteConfiguration(
  resources: readonly RegisteredResource[],
  bucket: string,
): WebsiteConfiguration | undefined {
  const resource = resources.find(
    ({ type, inputs }) =>
      type === "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration" && inputs.bucket === bucket,
  );
  if (!resource) return undefined;
  const { indexDocument, routingRules, routingRuleDetails, errorDocument, redirectAllRequestsTo } = resource.inputs;
  for (const [name, value] of Object.entries({ routingRuleDetails, errorDocument, redirectAllRequestsTo })) {
    if (value !== undefined) {
      throw new UserError(`${resource.name} has ${name}, which the local website does not serve: use routingRules`);
    }
  }
  const suffix = fieldsOf(indexDocument).suffix;
  if (suffix === undefined || suffix === "" || suffix.includes("/")) {
    throw new UserError(`${resource.name} needs an indexDocument with a suffix that is not empty and has no slash`);
  }
  const rules = Array.isArray(routingRules) ? (routingRules as unknown[]) : [];
  return { indexSuffix: suffix, routingRules: rules.map((rule) => routingRule(rule, resource.name)) };
}

function routingRule(rule: unknown, name: string): RoutingRule {
  const { condition, redirect } = rule as { condition?: unknown; redirect?: unknown };
  const { keyPrefixEquals, httpErrorCodeReturnedEquals } = fieldsOf(condition);
  const {
    protocol,
    hostName,
    httpRedirectCode = DEFAULT_CODE,
    replaceKeyPrefixWith,
    replaceKeyWith,
  } = fieldsOf(redirect);
  if (replaceKeyPrefixWith !== undefined && replaceKeyWith !== undefined) {
    throw new UserError(`a routing rule of ${name} has both replaceKeyPrefixWith and replaceKeyWith: S3 takes one`);
  }
  if (!/^3\d\d$/.test(httpRedirectCode)) {
    throw new UserError(`a routing rule of ${name} has httpRedirectCode ${httpRedirectCode}: S3 takes a 3xx code`);
  }
  return {
    keyPrefixEquals,
    errorCode: httpErrorCodeReturnedEquals === undefined ? undefined : Number(httpErrorCodeReturnedEquals),
    redirect: { protocol, hostName, code: Number(httpRedirectCode), replaceKeyPrefixWith, replaceKeyWith },
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, string | undefined>> {
  return (value ?? {}) as Record<string, string | undefined>;
}
