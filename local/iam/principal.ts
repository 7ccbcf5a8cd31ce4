/** Who makes a request: an administrator of the account, a role that the program declares, or nobody in particular. */
export type Principal =
  { readonly kind: "administrator" } | { readonly kind: "role"; readonly arn: string } | { readonly kind: "anonymous" };

/** May do everything: the person at the laptop. */
export const ADMINISTRATOR: Principal = { kind: "administrator" };

/** A request without credentials. */
export const ANONYMOUS: Principal = { kind: "anonymous" };

/** A declared role, by its ARN. */
export function rolePrincipal(arn: string): Principal {
  return { kind: "role", arn };
}
