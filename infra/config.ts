import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { type Format, FORMATS } from "../functions/variant-key";
import { DELIVERIES, type Delivery, FITS, type Fit, POSITIONS, type Position } from "../functions/resizer/settings";
import { conflicts } from "./config-conflicts";
import { BUCKET_NAME, formatProblems, nameProblems, policyProblems, sizeProblems } from "./config-problems";
import { ARCHITECTURES, type Architecture } from "./lambda-package";

/** What `pulumi destroy` does to a bucket with photographs in it: AWS refuses to delete it, or all are deleted first. */
export const ON_DESTROY = ["keep-photographs", "delete-photographs"] as const;
export type OnDestroy = (typeof ON_DESTROY)[number];

/** A host name of the stack's own for the CDN. */
export interface Domain {
  /** `images.example.com` */
  readonly name: string;
  /** The Route 53 zone that gets the records; undefined where they are made elsewhere, by hand. */
  readonly hostedZoneId?: string | undefined;
}

/** What a stack is, read from its config. Every default is in Pulumi.yaml. */
export interface StackConfig {
  readonly sizes: readonly string[];
  readonly allowUnlistedSizes: boolean;
  readonly maxDimension: number;
  readonly formats: readonly Format[];
  readonly jpegQuality: number;
  readonly webpQuality: number;
  readonly avifQuality: number;
  readonly webpEffort: number;
  readonly avifEffort: number;
  readonly delivery: Delivery;
  readonly edgeRefusals: boolean;
  readonly fit: Fit;
  readonly position: Position;
  /** Empty for the default name. */
  readonly bucketName: string;
  /** Whether the bucket is there already, with originals in it, and is taken into the stack as it is. */
  readonly adoptBucket: boolean;
  readonly protectBucket: boolean;
  readonly onDestroy: OnDestroy;
  readonly domain: Domain | undefined;
  /** Of a certificate in us-east-1; empty for one of the stack's own. */
  readonly certificateArn: string;
  /** Whether a change of an original deletes its variants, and their copies in the CDN. */
  readonly freshVariants: boolean;
  /** The origins whose pages may read variants from scripts: `*` alone, or with failover a list. */
  readonly corsOrigins: readonly string[];
  readonly memorySize: number;
  readonly timeout: number;
  readonly architecture: Architecture;
  readonly maxInputBytes: number;
  readonly maxInputPixels: number;
  readonly cacheControl: string;
  readonly variantExpiryDays: number;
  readonly throttleRateLimit: number;
  readonly throttleBurstLimit: number;
  readonly logRetentionDays: number;
  readonly priceClass: string;
  /** Whether there are a dashboard and alarms. */
  readonly monitoring: boolean;
  /** Who is told of alarms and of the budget; empty for nobody. */
  readonly alarmEmail: string;
  /** Whether X-Ray traces the functions. */
  readonly tracing: boolean;
  /** How many variants are made at once at the most; 0 for no limit but the account's. */
  readonly reservedConcurrency: number;
  /** In US dollars; 0 for no budget. */
  readonly monthlyBudgetUsd: number;
  /** Whether the tags `Project` and `Stack` are made ones that the bill can be split by. */
  readonly costAllocationTags: boolean;
  /** Whether writes to the bucket's objects are recorded in a trail. */
  readonly auditTrail: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

/** A stack file that cannot be deployed. The message lists every problem; Pulumi prints it without a stack trace. */
export class ConfigError extends pulumi.RunError {}

// Config values reach a program as text; each schema's description is what the error says is allowed.
const integer = (least: number, most: number, unit: string) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]*)$/)
    .transform(Number)
    .pipe(z.number().min(least).max(most))
    .describe(`an integer from ${least} to ${most}${unit && ` ${unit}`}`);
const boolean = z
  .enum(["true", "false"])
  .transform((text) => text === "true")
  .describe("true or false");
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values).describe(`one of ${values.join(", ")}`);
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue("not JSON");
    return z.NEVER;
  }
});

/** A host name in lower case with at least two labels (RFC 1035, 2.3.1). */
const HOST_NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const CERTIFICATE_ARN = /^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate\/[0-9a-f-]{36}$/;

/** The periods that CloudWatch Logs keeps logs for (CloudWatch Logs API reference, PutRetentionPolicy). */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const SCHEMAS = {
  sizes: json.pipe(z.array(z.string())).describe("a list of sizes such as 360x270, 640w or 480h"),
  allowUnlistedSizes: boolean,
  maxDimension: integer(1, 16_383, "pixels (WebP has no longer side)"),
  formats: json.pipe(z.array(z.string())).describe(`a list of formats: ${FORMATS.join(", ")}`),
  jpegQuality: integer(1, 100, ""),
  webpQuality: integer(1, 100, ""),
  avifQuality: integer(1, 100, ""),
  webpEffort: integer(0, 6, ""),
  avifEffort: integer(0, 9, ""),
  delivery: oneOf(DELIVERIES),
  edgeRefusals: boolean,
  fit: oneOf(FITS),
  position: oneOf(POSITIONS),
  bucketName: z
    .union([z.literal(""), z.string().regex(BUCKET_NAME)])
    .describe("3 to 63 lower-case letters, digits and hyphens as S3 takes them, or empty for the default name"),
  adoptBucket: boolean,
  protectBucket: boolean,
  onDestroy: oneOf(ON_DESTROY),
  domain: json
    .pipe(
      z.union([
        z.strictObject({}).transform(() => undefined),
        z.strictObject({
          name: z.string().regex(HOST_NAME),
          hostedZoneId: z
            .string()
            .regex(/^Z[A-Z0-9]{1,31}$/)
            .optional(),
        }),
      ]),
    )
    .describe('{name: "images.example.com", hostedZoneId: "Z0123456789"}, or {} for CloudFront\'s own name'),
  certificateArn: z
    .union([z.literal(""), z.string().regex(CERTIFICATE_ARN)])
    .describe("the ARN of an ACM certificate in us-east-1 (CloudFront takes no others), or empty"),
  freshVariants: boolean,
  corsOrigins: json
    .pipe(z.array(z.string().regex(/^(\*|https?:\/\/[a-z0-9.-]+(:[0-9]+)?)$/)))
    .describe("a list of origins such as https://shop.example.com, without a path or a trailing slash, or [*]"),
  memorySize: integer(128, 10_240, "MB"),
  timeout: integer(3, 29, "seconds (the HTTP API waits for 30)"),
  architecture: oneOf(ARCHITECTURES),
  maxInputBytes: integer(1, 5 * 1024 ** 3, "bytes"),
  maxInputPixels: integer(1, 268_402_689, "pixels (sharp's own limit)"),
  cacheControl: z
    .string()
    .regex(/^[\x20-\x7e]+$/)
    .describe("a Cache-Control header"),
  variantExpiryDays: integer(0, 3650, "days, 0 for never"),
  throttleRateLimit: integer(1, 10_000, "requests a second"),
  throttleBurstLimit: integer(1, 5_000, "requests"),
  logRetentionDays: z
    .string()
    .transform(Number)
    .refine((days) => LOG_RETENTION_DAYS.includes(days))
    .describe(`one of ${LOG_RETENTION_DAYS.join(", ")}`),
  priceClass: oneOf(["PriceClass_100", "PriceClass_200", "PriceClass_All"]),
  monitoring: boolean,
  alarmEmail: z
    .union([z.literal(""), z.email()])
    .describe("an address such as images@example.com, or empty for nobody"),
  tracing: boolean,
  reservedConcurrency: integer(0, 1_000, "variants at once, 0 for no limit but the account's"),
  monthlyBudgetUsd: integer(0, 1_000_000, "US dollars, 0 for no budget"),
  costAllocationTags: boolean,
  auditTrail: boolean,
  tags: json
    .pipe(
      z.record(
        z
          .string()
          .min(1)
          .max(128)
          .regex(/^(?!aws:)/i),
        z.string().max(256),
      ),
    )
    .describe("an object of tags: names of 1 to 128 characters that do not start with aws:, texts of up to 256"),
} satisfies Record<keyof StackConfig, z.ZodType>;

/**
 * Reads and checks the stack's whole config, before anything is registered.
 * @throws ConfigError that lists every problem: the key, its value, and what is allowed
 */
export function readConfig(): StackConfig {
  const config = new pulumi.Config();
  const problems = unknownKeys(config.name);
  const values: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(SCHEMAS)) {
    const text = config.get(key);
    const result = schema.safeParse(text);
    if (result.success) values[key] = result.data;
    else problems.push(`${key} is ${text ?? "missing"}: allowed is ${schema.description ?? ""}`);
  }
  const read = values as unknown as StackConfig;
  const has = (...keys: (keyof StackConfig)[]) => keys.every((key) => key in values);
  if (has("sizes", "allowUnlistedSizes", "maxDimension")) problems.push(...sizeProblems(read));
  if (has("formats")) problems.push(...formatProblems(read.formats));
  if (has("bucketName", "auditTrail", "freshVariants")) problems.push(...nameProblems(read));
  if (problems.length === 0) problems.push(...conflicts(read), ...policyProblems(read));
  if (problems.length > 0) {
    const list = problems.map((problem) => `\n  - ${config.name}:${problem}`).join("");
    throw new ConfigError(`The config of stack ${pulumi.getStack()} cannot be deployed:${list}`);
  }
  return read;
}

function unknownKeys(namespace: string): string[] {
  return Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith(`${namespace}:`))
    .map((key) => key.slice(namespace.length + 1))
    .filter((key) => !(key in SCHEMAS))
    .map((key) => `${key} is not a known key: allowed are ${Object.keys(SCHEMAS).join(", ")}`);
}
