import { describe } from "mocha";
import { noStaticCredentials } from "../../../policy/rules/no-static-credentials";
import { accepts, rejects, resource } from "../support/check";

const FUNCTION = "aws:lambda/function:Function";
// Built from parts, so that no scanner reports them as real.
const ACCESS_KEY_ID = ["AKIA", "IOSFODNN7EXAMPLE"].join("");
const SECRET_KEY = ["wJalrXUtnFEMI/K7MDENG", "bPxRfiCYEXAMPLEKEY"].join("/");

const SECRET_NAMES = [
  ...["AWS_KEY", "AWS_SECRET", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "awsSecretKey"],
  ...["MY_API_KEY", "DB_PASSWORD", "githubToken", "CREDENTIALS", "PRIVATE_KEY", "AWSSecret"],
];
const OTHER_NAMES = [
  ...["BUCKET", "CDN_URL", "S3_KEY", "PARTITION_KEY", "KMS_KEY_ID", "SECRET_ARN", "SECRET_NAME"],
  ...["TOKEN_TTL", "MAX_TOKENS", "API_KEY_HEADER", "MONKEY", "SECRETARY"],
  ...["AWS_NODEJS_CONNECTION_REUSE_ENABLED"],
];
const CREDENTIALS = [
  "aws:iam/user:User",
  "aws:iam/accessKey:AccessKey",
  "aws:iam/userLoginProfile:UserLoginProfile",
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
  "aws:iam/signingCertificate:SigningCertificate",
];

const withVariable = (name: string, value: string) =>
  resource(FUNCTION, { environment: { variables: { [name]: value } } });
const withValue = (value: string) => withVariable("SETTING", value);
/** The whole message, which does not repeat the value. */
const message = (problem: string) =>
  `aws.lambda.Function "it": the environment variable SETTING holds ${problem}. ` +
  "Remove it: the function's role is its credential, and other secrets belong in Secrets Manager.";

describe("no-static-credentials", () => {
  rejects(
    noStaticCredentials,
    CREDENTIALS.map((type) => [type, resource(type, {}), "Remove it: functions have roles"]),
  );
  rejects(
    noStaticCredentials,
    SECRET_NAMES.map((name) => [
      `the variable ${name}`,
      withVariable(name, "x"),
      `aws.lambda.Function "it": the environment variable ${name} is named like`,
    ]),
  );
  accepts(
    noStaticCredentials,
    OTHER_NAMES.map((name) => [`the variable ${name}`, withVariable(name, "x")]),
  );
  rejects(noStaticCredentials, [
    ["an access key id", withValue(ACCESS_KEY_ID), message("an AWS access key id")],
    ["an access key id in a text", withValue(`id=${ACCESS_KEY_ID};`), message("an AWS access key id")],
    ["a session's access key id", withValue(ACCESS_KEY_ID.replace("AKIA", "ASIA")), message("an AWS access key id")],
    ["a secret key", withValue(SECRET_KEY), message("what looks like an AWS secret key")],
    ["a private key", withValue("-----BEGIN RSA PRIVATE KEY-----\nMIIE"), message("a private key")],
    ["a GitHub token", withValue(`ghp_${"a1B2".repeat(9)}`), message("a GitHub token")],
    ["a Slack token", withValue(["xoxb", "1234567890", "abc"].join("-")), message("a Slack token")],
    ["a Stripe key", withValue(`sk_live_${"a1B2".repeat(5)}`), message("a Stripe key")],
    ["a signed token", withValue(["eyJhbGciOiJI", "eyJzdWIiOiIx", "sig"].join(".")), message("a signed token")],
    ["a URL with a password", withValue("postgres://me:hunter2@db/x"), message("a password in a URL")],
  ]);
  rejects(noStaticCredentials, [
    [
      "a secret by its name in JSON",
      withValue('{"db": {"password": "x"}}'),
      "SETTING has db, which has password, which is",
    ],
    [
      "a secret by its value in JSON",
      withValue(`{"a": "b", "id": "${ACCESS_KEY_ID}"}`),
      "has id, which holds an AWS access",
    ],
  ]);
  accepts(noStaticCredentials, [
    [
      "settings as JSON",
      withValue('{"sizes": ["640w"], "secretArn": "arn:aws:secretsmanager:1:2:secret:x", "keys": 5}'),
    ],
    ["a URL", withValue("https://d111111abcdef8.cloudfront.net")],
    ["sizes", withValue("360x270,640w")],
    ["a hash", withValue("da39a3ee5e6b4b0d3255bfef95601890afd80709")],
    ["a secret's ARN", withValue("arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1a2b3c")],
    ["a word", withValue("true")],
    ["a function without an environment", resource(FUNCTION, {})],
  ]);
});
