import { describe } from "mocha";
import { noPublicWrite } from "../../../policy/rules/no-public-write";
import { accepts, type Properties, rejects, resource } from "../support/check";

const ACCOUNT = "123456789012";
const EVERYBODY = "lets everybody assume the role";
const GITHUB = "token.actions.githubusercontent.com";

const role = (more: Properties) =>
  resource("aws:iam/role:Role", {
    assumeRolePolicy: {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", ...more }],
    },
  });
const everybodyIf = (operator: string, key: string, value: unknown) =>
  role({ Principal: "*", Condition: { [operator]: { [key]: value } } });
const federated = (host: string, Condition?: Properties) =>
  role({
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: host },
    ...(Condition === undefined ? {} : { Condition }),
  });
const provider = (host: string, Condition?: Properties) =>
  federated(`arn:aws:iam::${ACCOUNT}:oidc-provider/${host}`, Condition);
const github = (operator: string, claim: string, value: unknown) =>
  provider(GITHUB, {
    StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" },
    [operator]: { [`${GITHUB}:${claim}`]: value },
  });

describe("no-public-write, of roles", () => {
  // IAM user guide, "AWS JSON policy elements: Principal": "*" in a trust policy is everybody with any account.
  describe("that everybody may assume", () => {
    rejects(noPublicWrite, [
      ['"*"', role({ Principal: "*" }), `statement 1 of assumeRolePolicy ${EVERYBODY}`],
      ['{"AWS": "*"}', role({ Principal: { AWS: "*" } }), EVERYBODY],
      ["* among accounts", role({ Principal: { AWS: [ACCOUNT, "*"] } }), EVERYBODY],
      ["all but one", role({ NotPrincipal: { AWS: ACCOUNT } }), EVERYBODY],
      ["the root of any account", role({ Principal: { AWS: "arn:aws:iam::*:root" } }), EVERYBODY],
      ["any action of STS", role({ Principal: "*", Action: "sts:*" }), EVERYBODY],
      ["all but one action", role({ Principal: "*", Action: undefined, NotAction: "sts:TagSession" }), EVERYBODY],
      // IAM user guide, "Access to AWS accounts owned by third parties": an external id is no secret.
      ["with an external id", everybodyIf("StringEquals", "sts:ExternalId", "12345"), EVERYBODY],
      ["with MFA", everybodyIf("Bool", "aws:MultiFactorAuthPresent", "true"), EVERYBODY],
      ["of any organisation", everybodyIf("StringLike", "aws:PrincipalOrgID", "o-*"), EVERYBODY],
      [
        "as JSON text",
        resource("aws:iam/role:Role", {
          assumeRolePolicy: '{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}',
        }),
        EVERYBODY,
      ],
      [
        "by the native provider",
        resource("aws-native:iam:Role", {
          assumeRolePolicyDocument: { Statement: [{ Effect: "Allow", Principal: "*", Action: "sts:AssumeRole" }] },
        }),
        "assumeRolePolicyDocument lets everybody",
      ],
      ["by a document that cannot be read", resource("aws:iam/role:Role", { assumeRolePolicy: "{" }), "its access is"],
    ]);
    accepts(noPublicWrite, [
      ["a service", role({ Principal: { Service: "lambda.amazonaws.com" } })],
      ["an account", role({ Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } })],
      ["of one organisation", everybodyIf("StringEquals", "aws:PrincipalOrgID", "o-1a2b3c")],
      ["of one unit", everybodyIf("ForAnyValue:StringLike", "aws:PrincipalOrgPaths", "o-1a2b3c/r-ab12/ou-ab12-1/*")],
      ["any role of one account", everybodyIf("ArnLike", "aws:PrincipalArn", `arn:aws:iam::${ACCOUNT}:role/app-*`)],
      ["one address", everybodyIf("IpAddress", "aws:SourceIp", "203.0.113.7/32")],
      ["a Deny", role({ Principal: "*", Effect: "Deny" })],
      ["tags of a session alone", role({ Principal: "*", Action: "sts:TagSession" })],
      ["a role without a document yet", resource("aws:iam/role:Role", {})],
    ]);
  });

  // IAM user guide, "Identity-provider controls for shared OIDC providers", and "Create a role for OpenID Connect
  // federation": a token of a shared provider says whose it is in a claim.
  describe("that every user of a shared provider may assume", () => {
    const cognito = "cognito-identity.amazonaws.com";
    rejects(noPublicWrite, [
      ["GitHub without a condition", provider(GITHUB), `every user of ${GITHUB}`],
      ["GitHub with the audience alone", github("StringEquals", "aud", "sts.amazonaws.com"), "every user of"],
      ["GitHub with any repository", github("StringLike", "sub", "repo:*"), "every user of"],
      ["GitHub with anything", github("StringLike", "sub", "*"), "every user of"],
      ["GitHub with owners that begin the same", github("StringLike", "sub", "repo:acme*/app:*"), "every user of"],
      ["GitHub with one good value of two", github("StringLike", "sub", ["repo:acme/app:*", "*"]), "every user of"],
      ["GitHub with all but one", github("StringNotEquals", "sub", "repo:acme/app:*"), "every user of"],
      ["GitHub with a missing claim", github("StringEqualsIfExists", "sub", "repo:acme/app:x"), "every user of"],
      ["GitLab", provider("gitlab.com"), "every user of gitlab.com"],
      ["Terraform Cloud", provider("app.terraform.io"), "every user of app.terraform.io"],
      ["Google", federated("accounts.google.com"), "every user of accounts.google.com"],
      ["Cognito", federated(cognito), `every user of ${cognito}`],
      [
        "Cognito with signed-in users of any pool",
        federated(cognito, { "ForAnyValue:StringLike": { [`${cognito}:amr`]: "authenticated" } }),
        "every user of",
      ],
    ]);
    accepts(noPublicWrite, [
      ["GitHub with a repository", github("StringLike", "sub", "repo:acme/app:*")],
      ["GitHub with an organisation", github("StringLike", "sub", "repo:acme/*")],
      ["GitHub with an owner", github("StringEquals", "repository_owner", "acme")],
      ["GitHub with all values", github("ForAllValues:StringEquals", "sub", "repo:acme/app:ref:refs/heads/main")],
      [
        "GitLab with a project",
        provider("gitlab.com", { StringLike: { "gitlab.com:sub": "project_path:acme/app:*" } }),
      ],
      [
        "Terraform Cloud with an organisation",
        provider("app.terraform.io", { StringLike: { "app.terraform.io:sub": "organization:acme:project:*" } }),
      ],
      [
        "Pulumi Cloud with an organisation as the audience",
        provider("api.pulumi.com/oidc", { StringEquals: { "api.pulumi.com/oidc:aud": "aws:acme" } }),
      ],
      ["Cognito with a pool", federated(cognito, { StringEquals: { [`${cognito}:aud`]: "eu-west-1:12345678-ab" } })],
      [
        "Google with an application",
        federated("accounts.google.com", { StringEquals: { "accounts.google.com:aud": "1" } }),
      ],
      ["a cluster's own provider", provider("oidc.eks.eu-west-1.amazonaws.com/id/ABC")],
      [
        "a company's SAML provider",
        role({
          Action: "sts:AssumeRoleWithSAML",
          Principal: { Federated: `arn:aws:iam::${ACCOUNT}:saml-provider/company` },
        }),
      ],
    ]);
  });
});
