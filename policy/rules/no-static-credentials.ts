import { resourceRule } from "../lib/rule";
import { attempt, checkEach } from "../lib/unknown";
import { maySayWhere, secretProblem } from "../lib/secrets";
import { fieldOf, propertyOf, recordOf, shown } from "../lib/values";

const FUNCTIONS = ["aws:lambda/function:Function", "aws-native:lambda:Function"];

/** Types that are a lasting credential, or the user of one. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  "aws:iam/user:User": "is an IAM user, whose credentials do not expire",
  "aws:iam/accessKey:AccessKey": "is an access key, which does not expire and is readable in the stack's state",
  "aws:iam/userLoginProfile:UserLoginProfile": "is a password",
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": "is a password of a service",
  "aws:iam/signingCertificate:SigningCertificate": "is a credential of a user",
  "aws:lightsail/bucketAccessKey:BucketAccessKey": "is an access key of a bucket, which does not expire",
  "aws-native:iam:User": "is an IAM user, whose credentials do not expire",
  "aws-native:iam:AccessKey": "is an access key, which does not expire and is readable in the stack's state",
};

/** Nothing in the stack is, or holds, a lasting credential: functions have roles, people and CI sign in. */
export const noStaticCredentials = resourceRule(
  {
    name: "no-static-credentials",
    description: "No IAM users, no access keys, no secrets in a function's environment.",
    severity: "critical",
    enforcementLevel: "mandatory",
    remediationSteps: "Give the function a role; keep secrets in Secrets Manager and pass the ARN.",
  },
  [...FUNCTIONS, ...Object.keys(CREDENTIALS)],
  {},
  (resource, report) => {
    const credential = CREDENTIALS[resource.type];
    if (credential !== undefined) {
      report(credential, "Remove it: functions have roles, and people and CI sign in (SSO, OIDC)");
      return;
    }
    const variables = recordOf(fieldOf(fieldOf(resource.props, "environment"), "variables")) ?? {};
    checkEach(Object.keys(variables), (name) => {
      const read = attempt(() => propertyOf(variables, name));
      const problem = secretProblem(name, read.known ? read.value : undefined);
      if (problem === undefined) return;
      // An unknown value is an output of another resource, and may be a secret's ARN: reading it leaves the rule undecided.
      if (!read.known && maySayWhere(name)) propertyOf(variables, name);
      // Without the value, because messages are logged.
      report(
        `the environment variable ${shown(name)} ${problem}`,
        "Remove it: the function's role is its credential, and other secrets belong in Secrets Manager",
      );
    });
  },
);
