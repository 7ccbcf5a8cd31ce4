import { secretProblem } from "../kit/secret";
import { propertyOf, recordOf, shown } from "../kit/json";
import { resourceRule } from "../kit/rule";
import { attempt } from "../kit/unknown";

const FUNCTION = "aws:lambda/function:Function";

/** Resources that are a credential for ever, or somebody to have one. */
const CREDENTIALS: Readonly<Record<string, string>> = {
  "aws:iam/user:User": "is an IAM user, whose credentials do not expire",
  "aws:iam/accessKey:AccessKey": "is an access key, which does not expire and lies in the stack's state",
  "aws:iam/userLoginProfile:UserLoginProfile": "is a password",
  "aws:iam/serviceSpecificCredential:ServiceSpecificCredential": "is a password of a service",
  "aws:iam/signingCertificate:SigningCertificate": "is a credential of a user",
};

/** Nothing in the stack is, or holds, a credential that lasts: functions have roles, people and CI sign in. */
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
      report(credential, "Remove it: give functions a role, and let people and CI sign in (SSO, OIDC)");
      return;
    }
    const environment = propertyOf(resource.props, "environment");
    const variables = recordOf(propertyOf(environment, "variables"));
    for (const name of Object.keys(variables ?? {})) {
      // An unknown value is some resource's output. It is known, and judged, in the update, before the function is made.
      const read = attempt(() => propertyOf(variables, name));
      const problem = secretProblem(name, read.known ? read.value : undefined);
      // Never the value itself: it ends up in logs.
      if (problem !== undefined) {
        report(
          `the environment variable ${shown(name)} ${problem}`,
          "Remove it: the function's role is its credential, and other secrets belong in Secrets Manager",
        );
      }
    }
  },
);
