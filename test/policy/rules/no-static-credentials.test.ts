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
  ...["DB_PASS", "SMTP_PWD", "dbCreds", "PASSPHRASE", "JWT_SECRET", "SECRETS", "API_TOKENS", "SECRET_KEY_BASE"],
];
const OTHER_NAMES = [
  ...["BUCKET", "CDN_URL", "S3_KEY", "PARTITION_KEY", "KMS_KEY_ID", "SECRET_ARN", "SECRET_NAME"],
  ...["TOKEN_TTL", "MAX_TOKENS", "API_KEY_HEADER", "MONKEY", "SECRETARY"],
  ...["AWS_NODEJS_CONNECTION_REUSE_ENABLED"],
  ...["CORS_ALLOW_CREDENTIALS", "ALLOW_CREDENTIALS", "OPENAI_MAX_TOKENS", "maxOutputTokens", "TOKENS_LIMIT", "PWD"],
  ...["TOKEN_ENDPOINT", "TOKEN_ISSUER", "TOKEN_TYPE", "PASSWORD_MIN_LENGTH", "PASSWORD_POLICY", "SECRET_ROTATION_DAYS"],
  ...["GOOGLE_CREDENTIALS_FILE", "API_KEY_SOURCE", "API_KEY_REQUIRED", "USE_TOKENS", "CREDENTIALS_PROVIDER", "BYPASS"],
  // Secrets Manager user guide, "Use AWS Secrets Manager secrets in AWS Lambda functions": its extension's own.
  ...["PARAMETERS_SECRETS_EXTENSION_CACHE_ENABLED", "PARAMETERS_SECRETS_EXTENSION_HTTP_PORT", "SECRETS_MANAGER_TTL"],
  ...["PARAMETERS_SECRETS_EXTENSION_LOG_LEVEL", "SECRETS_MANAGER_TIMEOUT_MILLIS"],
];
/** Values that are no secret under a name like one. */
const HARMLESS: readonly (readonly [name: string, value: string])[] = [
  ["DB_SECRET", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1a2b3c"],
  ["API_KEY", "arn:aws:ssm:eu-west-1:123456789012:parameter/prod/api-key"],
  ["SECRETS_MANAGER", "https://secretsmanager.eu-west-1.amazonaws.com"],
  ["AUTH_TOKEN", "https://login.example.com/oauth2/token"],
  ["DB_PASSWORD", "/prod/db/password"],
  ["GOOGLE_APPLICATION_CREDENTIALS", "/var/task/google.json"],
  ["ENCRYPTION_KEY", "alias/photos"],
  ["CREDENTIALS", "include"],
  ["CORS_CREDENTIALS", "true"],
  ["TOKENS_PER_MINUTE", "90000"],
  ["SESSION_SECRET", ""],
];
const CREDENTIALS = [
  "aws:iam/user:User",
  "aws:iam/accessKey:AccessKey",
  "aws:iam/userLoginProfile:UserLoginProfile",
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
  "aws:iam/signingCertificate:SigningCertificate",
  "aws:lightsail/bucketAccessKey:BucketAccessKey",
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
    ["a URL with a password alone", withValue("rediss://:hunter2@cache:6379"), message("a password in a URL")],
    ["a GitLab token", withValue(`glpat-${"a1B2".repeat(5)}`), message("a GitLab token")],
    ["an npm token", withValue(`npm_${"a1B2".repeat(9)}`), message("an npm token")],
    ["a Google key", withValue(`AIza${"a1B2c".repeat(7)}`), message("a Google API key")],
    ["a key of an AI service", withValue(`sk-proj-${"a1B2".repeat(6)}`), message("a key of an AI service")],
    ["a SendGrid key", withValue(`SG.${"a1B2".repeat(5)}.${"a1B2".repeat(9)}`), message("a SendGrid key")],
    ["a Pulumi token", withValue(`pul-${"a1b2".repeat(10)}`), message("a Pulumi token")],
    [
      "a connection string",
      withValue("Server=db;User Id=me;Password=hunter2;"),
      message("a password in a connection string"),
    ],
    ["a header", withValue("Basic bWU6aHVudGVyMg=="), message("an Authorization header")],
  ]);
  rejects(noStaticCredentials, [
    ["a password that is a number", withVariable("DB_PASSWORD", "123456"), "is named like a secret"],
    ["a token in a URL's query", withVariable("API_TOKEN", "https://x.example/?token=abc"), "is named like a secret"],
    ["a password in a URL under another name", withVariable("TOKEN_URL", "https://me:pw@x.example"), "a password in"],
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
    ["a risk score", withValue("risk-assessment-of-the-photographs")],
    ["a URL with a port", withValue("http://localhost:8080/a@b")],
    ...HARMLESS.map(([name, value]) => [`${name} with ${value || "nothing"}`, withVariable(name, value)] as const),
    ["a function without an environment", resource(FUNCTION, {})],
  ]);
});
