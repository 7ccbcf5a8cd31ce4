import { z } from "zod";
import { inputsOf, ofType, refuseInputs } from "../declared";
import { UserError, type RegisteredResource } from "@image-resizer/lib/program";

const TYPE = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration";

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

const text = z.string().optional();

const routingRule = z
  .object({
    condition: z.object({ keyPrefixEquals: text, httpErrorCodeReturnedEquals: text }).optional(),
    redirect: z
      .object({
        protocol: z.enum(["http", "https"]).optional(),
        hostName: text,
        httpRedirectCode: z
          .string()
          .regex(/^3\d\d$/, "S3 takes a 3xx code")
          .default("301"),
        replaceKeyPrefixWith: text,
        replaceKeyWith: text,
      })
      .refine((redirect) => redirect.replaceKeyPrefixWith === undefined || redirect.replaceKeyWith === undefined, {
        message: "S3 takes one of replaceKeyPrefixWith and replaceKeyWith",
      }),
  })
  .transform(({ condition, redirect }): RoutingRule => {
    const { httpRedirectCode, protocol, hostName, replaceKeyPrefixWith, replaceKeyWith } = redirect;
    const errorCode = condition?.httpErrorCodeReturnedEquals;
    return {
      keyPrefixEquals: condition?.keyPrefixEquals,
      errorCode: errorCode === undefined ? undefined : Number(errorCode),
      redirect: { protocol, hostName, code: Number(httpRedirectCode), replaceKeyPrefixWith, replaceKeyWith },
    };
  });

const configuration = z.object({
  indexDocument: z.object({ suffix: z.string().regex(/^[^/]+$/, "S3 takes a suffix without a slash") }),
  routingRules: z
    .array(routingRule)
    .nullish()
    .transform((rules) => rules ?? []),
});

/**
 * The website that the program declares for a bucket; `undefined` if it declares none.
 * @throws UserError for what S3 would refuse, or what the local stack does not serve
 */
export function websiteConfiguration(
  resources: readonly RegisteredResource[],
  bucket: string,
): WebsiteConfiguration | undefined {
  const [resource, ...others] = ofType(resources, TYPE).filter(({ inputs }) => inputs.bucket === bucket);
  if (!resource) return undefined;
  if (others.length > 0) throw new UserError(`the bucket ${bucket} has more than one ${TYPE}`);
  refuseInputs(resource.name, resource.inputs, ["routingRuleDetails", "errorDocument", "redirectAllRequestsTo"]);
  const { indexDocument, routingRules } = inputsOf(resource, configuration);
  return { indexSuffix: indexDocument.suffix, routingRules };
}
