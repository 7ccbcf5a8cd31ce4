import { globMatches, hasWildcard } from "../lib/glob";
import type { Condition, Principal, Statement } from "./document";
import { hasFixedCondition, isPublicStatement } from "./public-policy";

/** Actions that hand out a role's credentials. */
const ASSUME = ["sts:assumerole", "sts:assumerolewithsaml", "sts:assumerolewithwebidentity"];

/**
 * Providers of identities that everybody can have an account with, and the claims that tell whose a token is. (IAM user
 * guide, "Identity-provider controls for shared OIDC providers"; "Create a role for OpenID Connect federation")
 */
const SHARED_PROVIDERS: Readonly<Record<string, readonly string[]>> = {
  "accounts.google.com": ["aud", "oaud", "sub", "email"],
  "graph.facebook.com": ["app_id", "id"],
  "www.amazon.com": ["app_id", "user_id"],
  "cognito-identity.amazonaws.com": ["aud", "sub"],
  "token.actions.githubusercontent.com": [
    ...["sub", "repository", "repository_id", "repository_owner", "repository_owner_id", "enterprise", "enterprise_id"],
    ...["job_workflow_ref", "workflow_ref", "actor", "actor_id"],
  ],
  "vstoken.actions.githubusercontent.com": ["sub"],
  "oidc-configuration.audit-log.githubusercontent.com": ["sub"],
  "gitlab.com": ["sub"],
  "app.terraform.io": ["sub"],
  "agent.buildkite.com": ["sub"],
  "oidc.codefresh.io": ["sub"],
  "studio.datachain.ai/api": ["sub"],
  "scalr.io": ["sub"],
  "tokens.cloud.shisho.dev": ["sub"],
  "proidc.upbound.io": ["sub"],
  "oidc.vercel.com": ["aud", "sub"],
  "api.pulumi.com/oidc": ["aud", "sub"],
  "sandboxes.cloud": ["aud", "sub"],
};
/** A token always has its claims, so that `ForAllValues:` does not hold without them. */
const POSITIVE = /^(?:for(?:any|all)values?:)?string(?:equals|equalsignorecase|like)$/;

/** Returns the group that a statement of a role's trust policy lets in, as `everybody`; undefined for named principals. */
export function openGroupOf(statement: Statement): string | undefined {
  if (!statement.allows || !handsOutRole(statement)) return undefined;
  const { principals = [], conditions } = statement;
  if (isPublicStatement(statement, "role") && !limitsTenant(conditions)) return "everybody";
  if (hasFixedCondition(conditions, "role")) return undefined;
  const provider = principals
    .map(sharedProviderOf)
    .find((host) => host !== undefined && !limitsTenant(conditions, host));
  return provider === undefined ? undefined : `every user of ${provider}`;
}

function handsOutRole({ actions = [], notActions }: Statement): boolean {
  const matches = (pattern: string) => ASSUME.filter((action) => globMatches(pattern.toLowerCase(), action));
  if (notActions === undefined) return actions.some((action) => matches(action).length > 0);
  return new Set(notActions.flatMap(matches)).size < ASSUME.length;
}

function sharedProviderOf({ kind, value }: Principal): string | undefined {
  if (kind.toLowerCase() !== "federated") return undefined;
  const host = value.replace(/^arn:[^/]*:oidc-provider\//, "").toLowerCase();
  return Object.hasOwn(SHARED_PROVIDERS, host) ? host : undefined;
}

/** Checks whether a condition names the tenant of a shared provider: of this one, or of any. */
function limitsTenant(conditions: readonly Condition[], host?: string): boolean {
  return conditions.some(({ operator, key, values }) => {
    const end = key.lastIndexOf(":");
    const provider = key.slice(0, end).toLowerCase();
    if (host !== undefined && provider !== host) return false;
    const claims = Object.hasOwn(SHARED_PROVIDERS, provider) ? SHARED_PROVIDERS[provider] : undefined;
    if (claims?.includes(key.slice(end + 1).toLowerCase()) !== true) return false;
    return POSITIVE.test(operator.toLowerCase()) && values.length > 0 && values.every(namesTenant);
  });
}

/** Checks for a tenant without wildcards: `acme` in `repo:acme/*`, `organization:acme:project:*` and `acme/app`. */
function namesTenant(value: string): boolean {
  const tenant = /^(?:[\w-]+:)?([^:/]+)/.exec(value)?.[1];
  return tenant !== undefined && !hasWildcard(tenant);
}
