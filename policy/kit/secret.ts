import type { Json } from "./json";

/** Words that name a key which opens something, or another secret. */
const KEY = /(?:ACCESS|SECRET|(?:^|_)(?:AWS|API|PRIVATE|SIGNING|ENCRYPTION))_?KEYS?(?:_|$)/;
const SECRET = /(?:SECRETS?|PASSWORDS?|PASSWD|PASSPHRASE|TOKENS?|CREDENTIALS?)(?:_|$)/;
/** An access key's id is half of a credential; other ids say where a secret is. */
const ACCESS_KEY_ID = /(?:ACCESS|AWS)_?KEY_?IDS?$/;
/** Last words of names that say where a secret is, or something about it, and not what it is; and counts. */
const ABOUT_A_SECRET =
  /_(?:ARN|NAME|ID|PATH|URL|URI|TTL|VERSION|PARAMETER|HEADER|EXPIRY|LENGTH|SECONDS|REGION|BUCKET|TABLE)$|^(?:MAX|MIN|NUM)_/;

const VALUES: readonly (readonly [RegExp, string])[] = [
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/, "holds an AWS access key id"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "holds a private key"],
  [/\bgh[opsu]_[A-Za-z0-9]{36}\b|\bgithub_pat_\w{22,}/, "holds a GitHub token"],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,}/, "holds a Slack token"],
  [/\b[rs]k_live_[A-Za-z0-9]{16,}/, "holds a Stripe key"],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/, "holds a signed token"],
  [/^[a-z][a-z0-9+.-]*:\/\/[^\s/:@]+:[^\s/@]+@/i, "holds a password in a URL"],
];

/**
 * Why an environment variable looks like a secret, by its name or by its value; undefined if it does not. The value is
 * never part of the answer.
 */
export function secretProblem(name: string, value: Json): string | undefined {
  const words = wordsOf(name);
  const isAbout = ABOUT_A_SECRET.test(words) && !ACCESS_KEY_ID.test(words);
  if (KEY.test(words) && !isAbout) return "is named like a key";
  if (SECRET.test(words) && !isAbout) return "is named like a secret";
  if (typeof value !== "string") return undefined;
  const known = VALUES.find(([pattern]) => pattern.test(value))?.[1];
  return known ?? (isAwsSecretKey(value) ? "holds what looks like an AWS secret key" : undefined);
}

/** `awsSecretKey`, `AWS-secret-key` and `AWSSecretKey` as `AWS_SECRET_KEY`. */
function wordsOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .replace(/\W/g, "_")
    .toUpperCase();
}

/** 40 characters of base64 that are no hash in hexadecimal. */
function isAwsSecretKey(value: string): boolean {
  return /^[A-Za-z0-9/+]{40}$/.test(value) && /[A-Z]/.test(value) && /[a-z]/.test(value) && /[0-9]/.test(value);
}
