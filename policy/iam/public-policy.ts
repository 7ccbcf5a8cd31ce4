import { hasWildcard } from "../lib/glob";
import type { Json } from "../lib/values";
import { type Condition, type Principal, readDocument, type Statement } from "./document";

/*
 * The one place for "is this public". AWS's own definition: a statement that allows everybody is public unless its
 * conditions limit it to fixed values, without wildcards and policy variables, of certain keys. Sources: Amazon S3 user
 * guide, "Blocking public access to your Amazon S3 storage", "The meaning of public"; IAM user guide, "AWS global
 * condition context keys" (organisations, principals).
 */

/** Owner of a policy. */
export type PolicyOwner = "bucket" | "access point" | "queue" | "role";

/** Condition keys whose fixed values count, in lower case because IAM ignores the case of a key. */
const FIXED_KEYS = new Set([
  "aws:principalarn",
  "aws:principalaccount",
  "aws:principalorgid",
  "aws:principalorgpaths",
  "aws:sourcearn",
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:sourceowner",
  "aws:sourceaccount",
  "aws:sourceorgid",
  "aws:sourceorgpaths",
  "aws:userid",
]);
/** The same for a bucket alone: every request through an access point has the access point's own. */
const FIXED_KEYS_OF_A_BUCKET = new Set(["s3:dataaccesspointaccount", "s3:dataaccesspointarn"]);

/**
 * Operators that hold for the listed values alone. Not among them: the negative ones, those that also hold where the
 * request lacks the key (`...IfExists`, `ForAllValues:`), and `Null`.
 */
const FIXED_OPERATORS = /^(?:foranyvalue:)?(?:stringequals|stringequalsignorecase|stringlike|arnequals|arnlike)$/;

/** Broader IP ranges than these count as everybody. */
const SHORTEST_IPV4_PREFIX = 8;
const SHORTEST_IPV6_PREFIX = 32;

/** Checks whether S3 rejects a bucket policy as public where `BlockPublicPolicy` is on. */
export function isPublicPolicy(policy: Json): boolean {
  return readDocument(policy, "resource").statements.some((statement) => isPublicStatement(statement, "bucket"));
}

/** Checks whether a statement allows everybody, without a condition that limits it to fixed values. */
export function isPublicStatement(statement: Statement, owner: PolicyOwner): boolean {
  return statement.allows && includesEverybody(statement, owner) && !hasFixedCondition(statement.conditions, owner);
}

/**
 * Checks whether a statement includes everybody: `"*"`, `{"AWS": "*"}`, a list that holds it, a principal in any
 * account, or `NotPrincipal`, which is everybody but a few. A provider of identities has users in any account, too; a
 * role lets it in by other conditions, which `trust.ts` reads.
 */
export function includesEverybody({ principals = [], notPrincipals }: Statement, owner: PolicyOwner): boolean {
  return notPrincipals !== undefined || principals.some((one) => isEverybody(one) || (owner !== "role" && isOpen(one)));
}

/** Checks whether the conditions of a statement (all of which must hold) limit it to fixed values. */
export function hasFixedCondition(conditions: readonly Condition[], owner: PolicyOwner): boolean {
  return conditions.some(({ operator, key, values }) => {
    const name = key.toLowerCase();
    const test = operator.toLowerCase();
    if (values.length === 0) return false;
    if (name === "aws:sourceip") return test === "ipaddress" && values.every(isNarrowRange);
    const counts = FIXED_KEYS.has(name) || (owner === "bucket" && FIXED_KEYS_OF_A_BUCKET.has(name));
    return counts && FIXED_OPERATORS.test(test) && values.every((value) => isFixed(name, value, owner));
  });
}

function isEverybody({ value }: Principal): boolean {
  if (/^[*?]+$/.test(value)) return true;
  // arn:aws:iam::*:root, or 1234*: IAM rejects most of these, and none of them is one account.
  const account = value.startsWith("arn:") ? (value.split(":")[4] ?? "") : value;
  return hasWildcard(account);
}

/** Checks for a provider of web identities, as `graph.facebook.com`. A SAML provider is one company's. */
function isOpen({ kind, value }: Principal): boolean {
  return kind.toLowerCase() === "federated" && !/^arn:[a-z-]+:iam::\d{12}:saml-provider\//.test(value);
}

function isFixed(key: string, value: string, owner: PolicyOwner): boolean {
  if (value === "" || value.includes("${")) return false;
  if (!hasWildcard(value)) return true;
  // The sessions of one role, by its unique id.
  if (key === "aws:userid") return /^AROA[A-Z0-9]+:\*$/.test(value);
  // Any access point of one account.
  if (key === "s3:dataaccesspointarn") return /^arn:[a-z-]+:s3:[a-z0-9*-]*:\d{12}:accesspoint\/[^?]+$/.test(value);
  // S3's definition allows no other wildcards. Elsewhere, any resource of one account, or any unit of one organisation.
  if (owner === "bucket" || owner === "access point") return false;
  if (key.endsWith("arn")) return isOfOneOwner(value);
  return key.endsWith("orgpaths") && /^o-[a-z0-9]+\//.test(value);
}

/** Checks whether an ARN with wildcards is of one account, or of one bucket, whose name no other account has. */
function isOfOneOwner(arn: string): boolean {
  const [, , service, , account = "", ...resource] = arn.split(":");
  return /^\d{12}$/.test(account) || (service === "s3" && /^[a-z0-9.-]+$/.test(resource.join(":")));
}

function isNarrowRange(range: string): boolean {
  const match = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(range);
  if (match === null) return false;
  const [, address = "", prefix] = match;
  if (prefix === undefined) return true;
  return Number(prefix) >= (address.includes(":") ? SHORTEST_IPV6_PREFIX : SHORTEST_IPV4_PREFIX);
}
