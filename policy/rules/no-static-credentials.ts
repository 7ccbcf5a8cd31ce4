import { resourceRule } from "../lib/rule";
import { attempt } from "../lib/unknown";
import { parsed, propertyOf, recordOf, shown, type Json } from "../lib/values";

const FUNCTION = "aws:lambda/function:Function";

/** Types that are a lasting credential, or the user of one. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  "aws:iam/user:User": "is an IAM user, whose credentials do not expire",
  "aws:iam/accessKey:AccessKey": "is an access key, which does not expire and is readable in the stack's state",
  "aws:iam/userLoginProfile:UserLoginProfile": "is a password",
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": "is a password of a service",
  "aws:iam/signingCertificate:SigningCertificate": "is a credential of a user",
};

/** Words in the names of keys and other secrets. */
const KEY = /(?:ACCESS|SECRET|(?:^|_)(?:AWS|API|PRIVATE|SIGNING|ENCRYPTION))_?KEYS?(?:_|$)/;
const SECRET = /(?:SECRETS?|PASSWORDS?|PASSWD|PASSPHRASE|TOKENS?|CREDENTIALS?)(?:_|$)/;
/** An access key's id is half of a credential; other ids only name a secret. */
const ACCESS_KEY_ID = /(?:ACCESS|AWS)_?KEY_?IDS?$/;
/** Last words of names for the place or a property of a secret, and first words of counts. */
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

/** Nothing in the stack is, or holds, a lasting credential: functions have roles, people and CI sign in. */
export const noStaticCredentials = resourceRule(
  {
    name: "no-static-credentials",
    description: "No IAM users, no access keys, no secrets in a function's environment.",
    severity: "critical",
    enforcementLevel: "mandatory",
    remediationSteps: "Give the function a role; keep secrets in Secrets Manager and pass the ARN.",
  },
  [FUNCTION, ...Object.keys(CREDENTIALS)],
  {},
  (resource, report) => {
    const credential = CREDENTIALS[resource.type];
    if (credential !== undefined) {
      report(credential, "Remove it: functions have roles, and people and CI sign in (SSO, OIDC)");
      return;
    }
    const environment = propertyOf(resource.props, "environment");
    const variables = recordOf(propertyOf(environment, "variables")) ?? {};
    for (const name of Object.keys(variables)) {
      // An unknown value is an output of another resource. The update checks it again, before the function is created.
      const read = attempt(() => propertyOf(variables, name));
      const problem = secretProblem(name, read.known ? read.value : undefined);
      if (problem === undefined) continue;
      // Without the value, because messages are logged.
      report(
        `the environment variable ${shown(name)} ${problem}`,
        "Remove it: the function's role is its credential, and other secrets belong in Secrets Manager",
      );
    }
  },
);

/**
 * Returns the reason why an environment variable looks like a secret, by its name or by its value; undefined if it does
 * not. Settings in JSON count one by one. The value is never part of the reason.
 */
function secretProblem(name: string, value: Json): string | undefined {
  const words = wordsOf(name);
  const isAbout = ABOUT_A_SECRET.test(words) && !ACCESS_KEY_ID.test(words);
  if (KEY.test(words) && !isAbout) return "is named like a key";
  if (SECRET.test(words) && !isAbout) return "is named like a secret";
  for (const [key, inner] of Object.entries(recordOf(parsed(value)) ?? {})) {
    const problem = secretProblem(key, inner);
    if (problem !== undefined) return `has ${shown(key)}, which ${problem}`;
  }
  if (typeof value !== "string") return undefined;
  const known = VALUES.find(([pattern]) => pattern.test(value))?.[1];
  return known ?? (isAwsSecretKey(value) ? "holds what looks like an AWS secret key" : undefined);
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
