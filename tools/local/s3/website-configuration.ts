import { z } from "zod";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import { inputsOf, ofType, rejectInputs } from "../declared";

const TYPE = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration";

const text = z.string().optional();

const redirect = z
  .object({
    protocol: z.enum(["http", "https"]).default("http"),
    hostName: text,
    httpRedirectCode: z
      .string()
      .regex(/^3\d\d$/, "S3 accepts a 3xx code")
      .default("301"),
    replaceKeyPrefixWith: text,
    replaceKeyWith: text,
  })
  .refine((rule) => rule.replaceKeyPrefixWith === undefined || rule.replaceKeyWith === undefined, {
    message: "S3 accepts one of replaceKeyPrefixWith and replaceKeyWith",
  });

const routingRule = z.object({
  /** Without a condition a rule always applies. */
  condition: z.object({ keyPrefixEquals: z.string().default(""), httpErrorCodeReturnedEquals: text }).prefault({}),
  redirect,
});

const configuration = z.object({
  indexDocument: z.object({ suffix: z.string().regex(/^[^/]+$/, "S3 accepts a suffix without a slash") }),
  routingRules: z
    .array(routingRule)
    .nullish()
    .transform((rules) => rules ?? []),
});

/** Website that the program declares for a bucket. (S3 user guide, Website routing rules) */
export type WebsiteConfiguration = z.output<typeof configuration>;
type RoutingRule = z.output<typeof routingRule>;

/** Redirect to another URL. */
export interface Redirect {
  readonly status: number;
  readonly location: string;
}

/**
 * Returns the website that the program declares for a bucket; `undefined` if it declares none.
 * @throws UserError for a website that S3 would reject, or that the local stack does not serve
 */
export function websiteConfiguration(
  resources: readonly RegisteredResource[],
  bucket: string,
): WebsiteConfiguration | undefined {
  const [resource, ...others] = ofType(resources, TYPE).filter(({ inputs }) => inputs.bucket === bucket);
  if (!resource) return undefined;
  if (others.length > 0) throw new UserError(`the bucket ${bucket} has more than one ${TYPE}`);
  rejectInputs(resource.name, resource.inputs, ["routingRuleDetails", "errorDocument", "redirectAllRequestsTo"]);
  return inputsOf(resource, configuration);
}

/**
 * Returns the redirect of the first rule that applies.
 * @param errorStatus status of the error that the request led to; `undefined` before the object is looked for, when only
 *   rules without an error code apply
 * @param host host of the request, for rules that name none
 */
export function redirectFor(
  rules: readonly RoutingRule[],
  key: string,
  errorStatus: number | undefined,
  host: string,
): Redirect | undefined {
  const rule = rules.find(
    ({ condition: { keyPrefixEquals, httpErrorCodeReturnedEquals } }) =>
      httpErrorCodeReturnedEquals === errorStatus?.toString() && key.startsWith(keyPrefixEquals),
  );
  if (!rule) return undefined;
  const { protocol, hostName = host, httpRedirectCode } = rule.redirect;
  return { status: Number(httpRedirectCode), location: `${protocol}://${hostName}/${targetPath(rule, key)}` };
}

/** A replacement is sent as declared: `?` and `=` in it are a query string. */
function targetPath({ condition, redirect: { replaceKeyWith, replaceKeyPrefixWith } }: RoutingRule, key: string) {
  if (replaceKeyWith !== undefined) return replaceKeyWith;
  if (replaceKeyPrefixWith === undefined) return encodePath(key);
  return replaceKeyPrefixWith + encodePath(key.slice(condition.keyPrefixEquals.length));
}

/** Percent-encodes a key once as the path of a URI; `&`, `=`, `+` and the like stay. */
export function encodePath(key: string): string {
  return encodeURI(key).replace(/[?#]/g, encodeURIComponent);
}
