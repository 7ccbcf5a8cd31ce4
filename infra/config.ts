import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { DELIVERIES, FITS, POSITIONS } from "../functions/resizer/settings";
import { FORMATS, SIZE } from "../functions/variant-key";
import { parseCacheControl } from "./config/cache-control";
import { defaultConcurrency } from "./config/concurrency";
import { flag, fromText, group, integer, matching, oneOf } from "./config/leaves";
import { nearest, sentencesOf, wrongKeys } from "./config/problems";
import { allowListOf, brokenRules } from "./config/rules";
import { ARCHITECTURES } from "./packaging";
import { BUCKET_NAME } from "./names";

/** The periods that CloudWatch Logs keeps logs for (CloudWatch Logs API reference, PutRetentionPolicy). */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
/** A host name in lower case with at least two labels (RFC 1035, 2.3.1). */
const HOST_NAME = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const HOSTED_ZONE_ID = /^Z[A-Z0-9]{1,31}$/;
const CERTIFICATE_ARN = /^arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate\/[0-9a-f-]{36}$/;
const ORIGIN = /^(\*|https?:\/\/[a-z0-9.-]+(:[0-9]+)?)$/;
const TAG_NAME = /^(?!aws:)/i;

const size = matching(SIZE, "WxH, Ww or Hh in whole pixels, without leading zeros");
const tagValue = z.preprocess(
  (value) => (typeof value === "number" || typeof value === "boolean" ? String(value) : value),
  z.string().max(256),
);

/** Config of a stack: keys, types, defaults and meanings. A stack file holds only what differs from the defaults. */
export const ConfigSchema = z.strictObject({
  sizes: z
    .array(size)
    .meta({ allowed: "a list of sizes such as 360x270, 640w or 480h", uniqueItems: true })
    .default([])
    .describe("Allow-list of sizes in pixels: `360x270` is cropped to cover, `640w` and `480h` keep the proportions."),
  retiredSizes: z
    .array(size)
    .meta({ allowed: "a list of sizes that were in sizes once, such as 480h", uniqueItems: true })
    .default([])
    .describe("Sizes that were listed once: no variants are created of what is stored under them."),
  formats: z
    .array(oneOf(FORMATS))
    .meta({ allowed: `a list of formats: ${FORMATS.join(", ")}`, uniqueItems: true })
    .default([])
    .describe(
      "Formats that a key may name (`640w.webp`). Clients that accept `avif` or `webp` get it without asking, the first listed first.",
    ),
  tags: z
    .record(z.string().min(1).max(128).regex(TAG_NAME), tagValue)
    .meta({
      allowed: "an object of tags: names of 1 to 128 characters that do not start with aws:, values of up to 256",
    })
    .prefault({})
    .describe("Tags of every resource, beside `Project`, `Stack` and `ManagedBy`."),

  image: group({
    allowUnlistedSizes: flag(false, "Allow every size up to `image.maxDimension` (never in production)."),
    maxDimension: integer(1, 16_383, "pixels (WebP has no longer side)")
      .prefault(4096)
      .describe("Longest side of a variant."),
    fit: oneOf(FITS).default("cover").describe("How an image fits a `WxH` size."),
    position: oneOf(POSITIONS).default("centre").describe("Part that is kept when an image is cropped."),
    quality: group({
      jpeg: integer(1, 100).prefault(81).describe("Quality of JPEG variants."),
      webp: integer(1, 100).prefault(86).describe("Quality of WebP variants."),
      avif: integer(1, 100).prefault(71).describe("Quality of AVIF variants."),
    }),
    effort: group({
      webp: integer(0, 6).prefault(4).describe("CPU time that the WebP encoder spends on fewer bytes."),
      avif: integer(0, 9).prefault(3).describe("CPU time that the AVIF encoder spends on fewer bytes."),
    }),
    maxInputBytes: integer(1, 5 * 1024 ** 3, "bytes")
      .prefault(52_428_800)
      .describe("Largest original that is read."),
    maxInputPixels: integer(1, 268_402_689, "pixels (sharp's own limit)")
      .prefault(50_000_000)
      .describe("Largest original that is decoded; a pixel of an AVIF counts for two to four."),
    heic: flag(false, "Accept HEIC originals, which phones write. Their codec, HEVC, is patented in some countries."),
  }),

  bucket: group({
    name: matching(BUCKET_NAME, "3 to 63 lower-case letters, digits and hyphens, as S3 allows them")
      .optional()
      .describe("Name of the bucket; without it `<project>-<stack>-<account id>`."),
    adopt: flag(false, "Import the existing bucket `bucket.name`, and leave its contents and settings alone."),
    protect: flag(true, "Keep Pulumi from deleting the bucket."),
    forceDestroy: flag(false, "Delete all images with the stack; otherwise AWS keeps a bucket that is not empty."),
    variantExpiryDays: integer(1, 3650, "days")
      .optional()
      .describe("Delete variants after this time; they are created again on demand."),
    purgeOnChange: flag(false, "Delete the variants of an original that changes, and their copies in the CDN."),
    auditTrail: flag(false, "Record writes to the bucket's objects in a CloudTrail trail."),
  }),

  resizer: group({
    architecture: oneOf(ARCHITECTURES).default("arm64").describe("Instruction set of the function."),
    memorySize: integer(128, 10_240, "MB")
      .prefault(1024)
      .describe("Memory of the function; 1,769 MB come with one vCPU."),
    timeout: integer(3, 29, "seconds (the HTTP API waits for 30)").prefault(15).describe("Time for one variant."),
    reservedConcurrency: z
      .union([z.literal("unreserved"), integer(1, 1_000)])
      .meta({ allowed: "an integer from 1 to 1000 variants at once, or unreserved for the account's limit" })
      .optional()
      .describe(
        "Most variants that are created at once; without it `burstLimit` + `rateLimit` × `timeout` / 40, up to 900.",
      ),
    rateLimit: integer(1, 10_000, "requests a second")
      .prefault(50)
      .describe("Misses a second that the API accepts on average."),
    burstLimit: integer(1, 5_000, "requests").prefault(100).describe("Misses that the API accepts at once."),
  }),

  cdn: group({
    delivery: oneOf(DELIVERIES)
      .default("redirect")
      .describe(
        "Path of a miss: `redirect` sends clients from the website to the API, `failover` has CloudFront ask the API.",
      ),
    keyGeneration: integer(1, 1_000_000)
      .prefault(1)
      .describe("Number of the key by which the API knows the CDN, with `failover`: one more changes the key."),
    validateAtEdge: flag(false, "Reject keys of no variant and no original at the edge, before the cache."),
    cacheControl: z
      .string()
      .refine((header) => parseCacheControl(header) !== undefined)
      .meta({
        allowed:
          "a Cache-Control header of RFC 9111's response directives, such as public, max-age=31536000, immutable",
      })
      .default("public, max-age=31536000, immutable")
      .describe("`Cache-Control` header of every variant."),
    serveOriginals: flag(
      true,
      "Serve originals. `false` answers 404 at the edge for a key that names no size, and implies `validateAtEdge`.",
    ),
    corsOrigins: z
      .array(z.string().regex(ORIGIN))
      .meta({
        allowed: "a list of origins such as https://shop.example.com, without a path or a trailing slash, or [*]",
      })
      .default([])
      .describe("Origins whose pages may read variants from scripts: `[*]`, or with `failover` a list."),
    priceClass: oneOf(["PriceClass_100", "PriceClass_200", "PriceClass_All"])
      .default("PriceClass_100")
      .describe("Locations that CloudFront serves from."),
    domain: z
      .strictObject({
        name: matching(HOST_NAME, "a host name such as images.example.com").describe(
          "Host name of your own for the CDN.",
        ),
        hostedZoneId: matching(HOSTED_ZONE_ID, "the id of a Route 53 hosted zone such as Z0123456789")
          .optional()
          .describe("Route 53 zone for the domain's records; without it you create them."),
        certificateArn: matching(
          CERTIFICATE_ARN,
          "the ARN of an ACM certificate in us-east-1 (CloudFront accepts no others)",
        )
          .optional()
          .describe("Certificate of the domain; without it the stack creates one."),
      })
      .optional(),
  }),

  operations: group({
    logRetentionDays: z
      .preprocess(fromText(/^[1-9][0-9]*$/), z.literal(LOG_RETENTION_DAYS))
      .meta({ allowed: `one of ${LOG_RETENTION_DAYS.join(", ")}` })
      .prefault(30)
      .describe("Days that logs are kept."),
    monitoring: flag(false, "Create a dashboard and alarms."),
    tracing: flag(false, "Trace the functions with X-Ray."),
    permissionsBoundary: matching(/^arn:aws[\w-]*:iam::\d{12}:policy\/[\w+=,.@/-]{1,512}$/, "the ARN of an IAM policy")
      .optional()
      .describe("Permissions boundary of the functions' roles."),
    alarmEmail: z
      .email()
      .meta({ allowed: "an address such as images@example.com" })
      .optional()
      .describe("Address that alarms and budget alerts are sent to."),
    monthlyBudgetUsd: integer(1, 1_000_000, "US dollars")
      .optional()
      .describe("Monthly budget of the stack, with alerts."),
    costAllocationTags: flag(
      false,
      "Split the bill by the tags `Project` and `Stack`; a day after the first deployment.",
    ),
  }),
});

/** Config of a stack, with its concurrency as a number or undefined, and the allow-list that it describes. */
const CheckedSchema = ConfigSchema.superRefine(
  (config, context) => {
    for (const sentence of brokenRules(config, wrongKeys(context.issues))) context.addIssue(sentence);
  },
  // Also where some keys are wrong: every problem is reported at once.
  { when: () => true },
).transform((config) => {
  const { reservedConcurrency: said = defaultConcurrency(config.resizer), ...resizer } = config.resizer;
  const reservedConcurrency = said === "unreserved" ? undefined : said;
  return { ...config, resizer: { ...resizer, reservedConcurrency }, allowList: allowListOf(config) };
});

export type StackConfig = Readonly<z.output<typeof CheckedSchema>>;

/** A stack file that cannot be deployed. The message lists every problem; Pulumi prints it without a stack trace. */
export class ConfigError extends pulumi.RunError {}

/**
 * Reads and checks the stack's whole config, before anything is registered.
 * @throws ConfigError that lists every problem: the key, its value, and what is allowed
 */
export function readConfig(): StackConfig {
  const prefix = `${new pulumi.Config().name}:`;
  const values = Object.entries(pulumi.runtime.allConfig()).filter(([key]) => key.startsWith(prefix));
  const raw = Object.fromEntries(values.map(([key, text]) => [key.slice(prefix.length), jsonOrText(text)]));
  const { config, problems } = checkConfig(raw);
  const sentences = [
    ...regionProblems(new pulumi.Config("aws").get("region")),
    ...problems.map((sentence) => `${prefix}${sentence}`),
  ];
  if (config === undefined || sentences.length > 0) {
    const list = sentences.map((sentence) => `\n  - ${sentence}`).join("");
    throw new ConfigError(`The config of stack ${pulumi.getStack()} cannot be deployed:${list}`);
  }
  return config;
}

/** Checks the values of a stack file: returns its config, or every problem. */
export function checkConfig(raw: unknown): { readonly config?: StackConfig; readonly problems: readonly string[] } {
  const { data, error } = CheckedSchema.safeParse(raw);
  return error ? { problems: sentencesOf(ConfigSchema, raw, error.issues) } : { config: data, problems: [] };
}

function regionProblems(region: string | undefined): string[] {
  const known: readonly string[] = Object.values(aws.Region);
  if (region === undefined || known.includes(region)) return [];
  const near = nearest(region, known) ?? "us-east-1";
  return [`aws:region is ${region}: allowed is a region that the AWS provider knows, such as ${near}`];
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
