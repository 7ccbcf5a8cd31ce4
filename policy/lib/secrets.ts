import { parsed, recordOf, shown, type Json } from "./values";

/** Words in the names of keys and other secrets. */
const KEY = /(?:ACCESS|SECRET|(?:^|_)(?:AWS|API|PRIVATE|SIGNING|ENCRYPTION))_?KEYS?(?:_|$)/;
const SECRET =
  /(?:SECRETS?|PASSWORDS?|PASSWD|PASSPHRASE|PASSCODE|TOKENS?|CREDENTIALS?)(?:_|$)|(?:^|_)CREDS?$|_(?:PASS|PWD)$/;
/** An access key's id is half of a credential; other ids only name a secret. */
const ACCESS_KEY_ID = /(?:ACCESS|AWS)_?KEY_?IDS?$/;
/** First words of names for switches and numbers, and last words for the place, the form or the time of a secret. */
const ABOUT_BEFORE = /^(?:MAX|MIN|NUM|ALLOW|ENABLE|DISABLE|REQUIRE|USE|HAS|IS|SKIP)_|_(?:MAX|MIN|ALLOW|NUM)_/;
const ABOUT_AFTER = new RegExp(
  `_(?:${[
    "ARN|NAME|ID|PATH|URL|URI|ENDPOINT|HOST|PORT|REGION|BUCKET|TABLE|FILE|DIR|PARAM|PARAMETER|STORE|MANAGER|SOURCE",
    "TTL|EXPIRY|EXPIRATION|EXPIRES|EXPIRES_IN|LIFETIME|INTERVAL|TIMEOUT|SECONDS|MINUTES|HOURS|DAYS|MS|AGE",
    "VERSION|HEADER|FIELD|LENGTH|SIZE|LIMIT|COUNT|BUDGET|TYPE|FORMAT|ALGORITHM|POLICY|PREFIX|SUFFIX|PATTERN",
    "ISSUER|AUDIENCE|SCOPE|PROVIDER|SERVICE|MODE|ENABLED|REQUIRED|ROTATION|CACHE|ALIAS|STAGE|LEVEL|MILLIS|CONNECTIONS|COOKIE|CLAIM|METHOD|ENCRYPTED",
  ].join("|")})$`,
);

const VALUES: readonly (readonly [RegExp, string])[] = [
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/, "holds an AWS access key id"],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----/, "holds a private key"],
  [/\bgh[opsur]_[A-Za-z0-9]{36}|\bgithub_pat_\w{22,}/, "holds a GitHub token"],
  [/\bglpat-[\w-]{20,}/, "holds a GitLab token"],
  [/\bxox[abeprs]-[A-Za-z0-9-]{10,}/, "holds a Slack token"],
  [/\bhooks\.slack\.com\/services\/T\w+\/B\w+\/\w+/, "holds a Slack webhook"],
  [/\b[rs]k_live_[A-Za-z0-9]{16,}/, "holds a Stripe key"],
  [/\bsk-[A-Za-z0-9_-]*[A-Za-z0-9]{20,}/, "holds a key of an AI service"],
  [/\bAIza[A-Za-z0-9_-]{35}/, "holds a Google API key"],
  [/\bSG\.[\w-]{16,}\.[\w-]{16,}/, "holds a SendGrid key"],
  [/\bnpm_[A-Za-z0-9]{36}/, "holds an npm token"],
  [/\bpul-[0-9a-f]{40}/, "holds a Pulumi token"],
  [/\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/, "holds a signed token"],
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i, "holds a password in a URL"],
  [/(?:^|[;\s])(?:password|pwd)\s*=\s*[^;\s]+/i, "holds a password in a connection string"],
  [/^(?:Basic|Bearer)\s+[\w+/.=-]{8,}$/, "holds an Authorization header"],
];

/** Values that are no secret, whatever the variable's name: switches, places, and names of secrets. */
const PLACES: readonly RegExp[] = [
  /^$|^(?:true|false|yes|no|on|off|none|null|include|omit|same-origin)$/i,
  /^arn:[\w-]+:/,
  // A URL without a query, because a query may hold a token.
  /^(?:https?|wss?|s3|redis|amqps?):\/\/[^\s?#]*$/i,
  // A file, a parameter in Systems Manager, or a key's alias.
  /^alias\/|^(?:\/[A-Za-z][\w.-]{0,30})+\/?$/,
];
/** A number under a name that counts tokens. A password may be a number. */
const TOKENS = /TOKENS(?:_|$)/;

/**
 * Returns the reason why a setting looks like a secret, by its name or by its value; undefined if it does not. Settings
 * in JSON count one by one. The value is never part of the reason.
 */
export function secretProblem(name: string, value: Json): string | undefined {
  const words = wordsOf(name);
  if (!isHarmless(words, value)) {
    if (KEY.test(words)) return "is named like a key";
    if (SECRET.test(words)) return "is named like a secret";
  }
  for (const [key, inner] of Object.entries(recordOf(parsed(value)) ?? {})) {
    const problem = secretProblem(key, inner);
    if (problem !== undefined) return `has ${shown(key)}, which ${problem}`;
  }
  if (typeof value !== "string") return undefined;
  const known = VALUES.find(([pattern]) => pattern.test(value))?.[1];
  return known ?? (isAwsSecretKey(value) ? "holds what looks like an AWS secret key" : undefined);
}

/** Checks whether a variable's name is as usual for a secret's ARN as for the secret. */
export function maySayWhere(name: string): boolean {
  return /(?:SECRETS?|CREDENTIALS?)$/.test(wordsOf(name));
}

function isHarmless(words: string, value: Json): boolean {
  if ((ABOUT_BEFORE.test(words) || ABOUT_AFTER.test(words)) && !ACCESS_KEY_ID.test(words)) return true;
  if (typeof value === "boolean") return true;
  const text = typeof value === "number" ? String(value) : value;
  if (typeof text !== "string") return false;
  return PLACES.some((place) => place.test(text)) || (TOKENS.test(words) && /^\d{1,7}$/.test(text));
}

/** Returns `AWS_SECRET_KEY` for `awsSecretKey`, `AWS-secret-key` and `AWSSecretKey`. */
function wordsOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .replace(/\W/g, "_")
    .toUpperCase();
}

/** Checks for 40 characters of base64 that are no hash in hexadecimal. */
function isAwsSecretKey(value: string): boolean {
  return /^[A-Za-z0-9/+]{40}$/.test(value) && /[A-Z]/.test(value) && /[a-z]/.test(value) && /[0-9]/.test(value);
}
