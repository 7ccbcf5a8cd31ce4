import { isAbsent, listOf, propertyOf, shown, type Json } from "../lib/values";

/** Kind of resource that an ACL is for. */
export type AclSubject = "bucket" | "object";

const CANNED: Readonly<Record<AclSubject, Readonly<Record<string, string>>>> = {
  bucket: {
    "public-read-write": "allows everybody to write to the bucket",
    "public-read": "allows everybody to list the bucket",
    "authenticated-read": "allows every AWS user to list the bucket",
  },
  // The other public ACLs of an object allow reading it.
  object: { "public-read-write": "allows everybody to write" },
};

const WRITES = ["WRITE", "WRITE_ACP", "FULL_CONTROL"];
const READS_OF_A_BUCKET = ["READ", "READ_ACP"];

/** Returns the problem with a canned ACL that allows everybody more than reading an object; undefined if it does not. */
export function cannedAclProblem(acl: Json, subject: AclSubject): string | undefined {
  if (typeof acl !== "string") return `is ${shown(acl)}, not the name of an ACL`;
  // PublicReadWrite in CloudFormation, public_read_write in Database Migration Service.
  const name = acl
    .trim()
    .replace(/([a-z])([A-Z])/g, "$1-$2")
    .replace(/_/g, "-")
    .toLowerCase();
  const meaning = Object.hasOwn(CANNED[subject], name) ? CANNED[subject][name] : undefined;
  return meaning === undefined ? undefined : `is ${name}, which ${meaning}`;
}

/**
 * Returns the problem with a grant that allows everybody more than reading an object; undefined if it does not. A
 * BucketAcl has `{grantee: {uri}, permission}`, a bucket or an object `{uri, permissions}`.
 */
export function grantProblem(grant: Json, subject: AclSubject): string | undefined {
  if (typeof grant !== "object" || grant === null) return `is ${shown(grant)}, not a grant`;
  const grantee = propertyOf(grant, "grantee") ?? grant;
  const uri = propertyOf(grantee, "uri");
  if (isAbsent(uri)) return undefined;
  if (typeof uri !== "string") return `has ${shown(uri)} as the URI of its grantee`;
  const group = /\/groups\/global\/(AllUsers|AuthenticatedUsers)\/?$/i.exec(uri.trim())?.[1];
  if (group === undefined) return undefined;

  const permissions = [...listOf(propertyOf(grant, "permission")), ...listOf(propertyOf(grant, "permissions"))];
  const odd = permissions.find((permission) => typeof permission !== "string");
  if (odd !== undefined) return `grants ${shown(odd)} to ${group}, which is no permission`;
  const rejected = subject === "bucket" ? [...WRITES, ...READS_OF_A_BUCKET] : WRITES;
  const found = permissions
    .map((permission) => String(permission).trim().toUpperCase())
    .filter((permission) => rejected.includes(permission));
  return found.length === 0 ? undefined : `grants ${found.join(", ")} to ${group}`;
}
