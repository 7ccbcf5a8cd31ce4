import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { noStaticCredentials } from "../../policy/rules/no-static-credentials";
import { judge, type Properties, resource } from "./judge";

const FUNCTION = "aws:lambda/function:Function";
// Made up here from parts, so that no scanner takes them for real ones.
const ACCESS_KEY_ID = ["AKIA", "IOSFODNN7EXAMPLE"].join("");
const SECRET_KEY = ["wJalrXUtnFEMI/K7MDENG", "bPxRfiCYEXAMPLEKEY"].join("/");

function inEnvironment(variables: Properties): Promise<string[]> {
  return judge(noStaticCredentials, [resource(FUNCTION, { environment: { variables } })]);
}

describe("no-static-credentials", () => {
  for (const type of [
    "aws:iam/user:User",
    "aws:iam/accessKey:AccessKey",
    "aws:iam/userLoginProfile:UserLoginProfile",
    "aws:iam/serviceSpecificCredential:ServiceSpecificCredential",
    "aws:iam/signingCertificate:SigningCertificate",
  ]) {
    it(`refuses ${type}`, async () => {
      assert.equal((await judge(noStaticCredentials, [resource(type, {})])).length, 1);
    });
  }

  for (const name of [
    "AWS_KEY",
    "AWS_SECRET",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "awsSecretKey",
    "MY_API_KEY",
    "DB_PASSWORD",
    "githubToken",
    "CREDENTIALS",
    "PRIVATE_KEY",
    "AWSSecret",
  ]) {
    it(`refuses the variable ${name}`, async () => {
      const [violation, ...others] = await inEnvironment({ [name]: "x" });
      assert.match(
        violation ?? "",
        new RegExp(`^aws.lambda.Function "it": the environment variable ${name} is named like`),
      );
      assert.deepEqual(others, []);
    });
  }

  for (const name of [
    "BUCKET",
    "CDN_URL",
    "S3_KEY",
    "PARTITION_KEY",
    "KMS_KEY_ID",
    "SECRET_ARN",
    "SECRET_NAME",
    "TOKEN_TTL",
    "MAX_TOKENS",
    "API_KEY_HEADER",
    "MONKEY",
    "SECRETARY",
    "AWS_NODEJS_CONNECTION_REUSE_ENABLED",
  ]) {
    it(`lets the variable ${name} pass`, async () => {
      assert.deepEqual(await inEnvironment({ [name]: "x" }), []);
    });
  }

  for (const [what, value, says] of [
    ["an access key id", ACCESS_KEY_ID, "an AWS access key id"],
    ["an access key id in a text", `id=${ACCESS_KEY_ID};`, "an AWS access key id"],
    ["a session's access key id", ACCESS_KEY_ID.replace("AKIA", "ASIA"), "an AWS access key id"],
    ["a secret key", SECRET_KEY, "what looks like an AWS secret key"],
    ["a private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE", "a private key"],
    ["a GitHub token", `ghp_${"a1B2".repeat(9)}`, "a GitHub token"],
    ["a signed token", ["eyJhbGciOiJI", "eyJzdWIiOiIx", "sig"].join("."), "a signed token"],
    ["a URL with a password", "postgres://me:hunter2@db/x", "a password in a URL"],
  ] as const) {
    it(`refuses ${what}, and does not repeat it`, async () => {
      const violations = await inEnvironment({ SETTING: value });
      assert.deepEqual(violations, [
        `aws.lambda.Function "it": the environment variable SETTING holds ${says}. ` +
          "Remove it: the function's role is its credential, and other secrets belong in Secrets Manager.",
      ]);
    });
  }

  for (const value of [
    "https://d111111abcdef8.cloudfront.net",
    "360x270,640w",
    "da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-1a2b3c",
    "true",
  ]) {
    it(`lets the value ${value} pass`, async () => {
      assert.deepEqual(await inEnvironment({ SETTING: value }), []);
    });
  }

  it("lets a function without an environment pass", async () => {
    assert.deepEqual(await judge(noStaticCredentials, [resource(FUNCTION, {})]), []);
  });
});
