import { isAbsent, listOf, propertyOf, shown, type Json } from "../kit/json";

/** Something wrong with an ACL, in a few words. */
export type AclProblem = string;

type Subject = "bucket" | "object";

const CANNED: Readonly<Record<Subject, Readonly<Record<string, string>>>> = {
  bucket: {
    "public-read-write": "lets everybody write to the bucket",
    "public-read": "lets everybody list the bucket",
    "authenticated-read": "lets every AWS user list the bucket",
  },
  // On an object, the other public ACLs are reading it.
  object: { "public-read-write": "lets everybody write" },
};

const WRITES = ["WRITE", "WRITE_ACP", "FULL_CONTROL"];
const READS_OF_A_BUCKET = ["READ", "READ_ACP"];

/** What a canned ACL gives to everybody beyond reading an object. */
export function cannedAclProblem(acl: Json, subject: Subject): AclProblem | undefined {
  if (typeof acl !== "string") return `is ${shown(acl)}, not the name of an ACL`;
  const name = acl.trim().toLowerCase();
  const meaning = Object.hasOwn(CANNED[subject], name) ? CANNED[subject][name] : undefined;
  return meaning === undefined ? undefined : `is ${name}, which ${meaning}`;
}

/**
 * What a grant of an ACL gives to everybody beyond reading an object: `{grantee: {uri}, permission}` of a BucketAcl,
 * `{uri, permissions}` of a bucket or an object.
 */
export function grantProblem(grant: Json, subject: Subject): AclProblem | undefined {
  if (typeof grant !== "object" || grant === null) return `is ${shown(grant)}, not a grant`;
  const grantee = propertyOf(grant, "grantee") ?? grant;
  const uri = propertyOf(grantee, "uri");
  if (isAbsent(uri)) return undefined;
  if (typeof uri !== "string") return `has ${shown(uri)} as the URI of its grantee`;
  const group = /\/groups\/global\/(AllUsers|AuthenticatedUsers)\/?$/i.exec(uri.trim())?.[1];
  if (group === undefined) return undefined;

  const permissions = [...listOf(propertyOf(grant, "permission")), ...listOf(propertyOf(grant, "permissions"))];
  const odd = permissions.find((permission) => typeof permission !== "string");
  if (odd !== undefined) return `gives ${shown(odd)} to ${group}, which is no permission`;
  const given = permissions.map((permission) => String(permission).trim().toUpperCase());
  const refused = subject === "bucket" ? [...WRITES, ...READS_OF_A_BUCKET] : WRITES;
  const found = given.filter((permission) => refused.includes(permission));
  return found.length === 0 ? undefined : `gives ${found.join(", ")} to ${group}`;
}
