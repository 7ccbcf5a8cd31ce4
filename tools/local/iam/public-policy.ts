import type { PolicyDocument } from "./policy-store";

/**
 * Conditions on these make a statement for everybody a non-public one.
 * (S3 user guide, Blocking public access, The meaning of "public")
 */
const LIMITING_KEYS = new Set(
  [
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:SourceArn",
    "aws:SourceAccount",
    "aws:SourceIp",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:SourceOwner",
    "aws:userid",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
    "s3:DataAccessPointArn",
    "s3:DataAccessPointAccount",
  ].map((key) => key.toLowerCase()),
);

/** Whether a bucket policy is public to S3: a statement allows everybody without a condition on who or from where. */
export function isPublic(policy: PolicyDocument): boolean {
  const statements = [policy.Statement].flat() as Record<string, unknown>[];
  return statements.some(({ Effect, Principal, Condition }) => {
    if (Effect !== "Allow" || !isEverybody(Principal)) return false;
    const operators = Object.values((Condition ?? {}) as Record<string, Record<string, unknown>>);
    return !operators.some((keys) => Object.keys(keys).some((key) => LIMITING_KEYS.has(key.toLowerCase())));
  });
}

function isEverybody(principal: unknown): boolean {
  if (principal === "*") return true;
  const { AWS } = (principal ?? {}) as { AWS?: unknown };
  return [AWS].flat().includes("*");
}
