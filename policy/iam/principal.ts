import type { Principal, Statement } from "./document";

/**
 * Whether a statement speaks to everybody: `"*"`, `{"AWS": "*"}`, a list that holds it, a principal in any account, or
 * `NotPrincipal`, which is everybody but a few.
 */
export function speaksToEverybody(statement: Statement): boolean {
  return statement.notPrincipals !== undefined || (statement.principals ?? []).some(isEverybody);
}

function isEverybody({ value }: Principal): boolean {
  if (/^[*?]+$/.test(value)) return true;
  // arn:aws:iam::*:root, or arn:aws:iam::*:role/x: IAM refuses most of these, and none of them is one account.
  const account = value.startsWith("arn:") ? value.split(":")[4] : undefined;
  return account !== undefined && /[*?]/.test(account);
}
