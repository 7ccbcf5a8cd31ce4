/**
 * Principal of a request: an administrator of the account, a role that the program declares, a service of AWS on behalf of
 * a resource, or nobody in particular.
 */
export type Principal =
  | { readonly kind: "administrator" }
  | { readonly kind: "role"; readonly arn: string }
  | { readonly kind: "service"; readonly name: string; readonly sourceArn: string }
  | { readonly kind: "anonymous" };

/** May do everything: the person at the laptop. */
export const ADMINISTRATOR: Principal = { kind: "administrator" };

/** A request without credentials. */
export const ANONYMOUS: Principal = { kind: "anonymous" };

/** A declared role, by its ARN. */
export function rolePrincipal(arn: string): Principal {
  return { kind: "role", arn };
}

/** EventBridge, sending what a rule has matched. */
export function eventsPrincipal(ruleArn: string): Principal {
  return { kind: "service", name: "events.amazonaws.com", sourceArn: ruleArn };
}

/** CloudFront, asking a bucket for a distribution that has an origin access control. */
export function cloudFrontPrincipal(distributionArn: string): Principal {
  return { kind: "service", name: "cloudfront.amazonaws.com", sourceArn: distributionArn };
}
