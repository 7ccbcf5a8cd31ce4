import { hasWildcard } from "../lib/glob";
import type { Json } from "../lib/values";
import { type Condition, type Principal, readDocument, type Statement } from "./document";

/*
 * AWS's own definition of a public policy: a statement that allows everybody is public unless its conditions limit it to
 * fixed values, without wildcards and policy variables, of certain keys. Sources: Amazon S3 user guide, "Blocking public
 * access to your Amazon S3 storage", "The meaning of public"; S3 API reference, PublicAccessBlockConfiguration (which
 * adds the KMS key); IAM user guide, "AWS global condition context keys" (organisations, principals).
 */

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
  "aws:userid",
  "s3:dataaccesspointaccount",
  "s3:dataaccesspointarn",
  "s3:x-amz-server-side-encryption-aws-kms-key-id",
]);

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
  return readDocument(policy, "resource").statements.some(isPublicStatement);
}

/** Checks whether a statement allows everybody, without a condition that limits it to fixed values. */
export function isPublicStatement(statement: Statement): boolean {
  return statement.allows && includesEverybody(statement) && !hasFixedCondition(statement.conditions);
}

/**
 * Checks whether a statement includes everybody: `"*"`, `{"AWS": "*"}`, a list that holds it, a principal in any
 * account, or `NotPrincipal`, which is everybody but a few.
 */
export function includesEverybody({ principals = [], notPrincipals }: Statement): boolean {
  return notPrincipals !== undefined || principals.some(isEverybody);
}

/** Checks whether the conditions of a statement (all of which must hold) limit it to fixed values. */
export function hasFixedCondition(conditions: readonly Condition[]): boolean {
  return conditions.some(({ operator, key, values }) => {
    const name = key.toLowerCase();
    const test = operator.toLowerCase();
    if (values.length === 0) return false;
    if (name === "aws:sourceip") return test === "ipaddress" && values.every(isNarrowRange);
    return FIXED_KEYS.has(name) && FIXED_OPERATORS.test(test) && values.every((value) => isFixed(name, value));
  });
}

function isEverybody({ value }: Principal): boolean {
  if (/^[*?]+$/.test(value)) return true;
  // arn:aws:iam::*:root, or arn:aws:iam::*:role/x: IAM rejects most of these, and none of them is one account.
  const account = value.startsWith("arn:") ? value.split(":")[4] : undefined;
  return account !== undefined && hasWildcard(account);
}

function isFixed(key: string, value: string): boolean {
  if (value === "" || value.includes("${")) return false;
  if (!hasWildcard(value)) return true;
  // The sessions of one role, by its unique id.
  if (key === "aws:userid") return /^AROA[A-Z0-9]+:\*$/.test(value);
  // Any access point of one account.
  if (key === "s3:dataaccesspointarn") return /^arn:[a-z-]+:s3:[a-z0-9*-]*:\d{12}:accesspoint\/[^?]+$/.test(value);
  return false;
}

function isNarrowRange(range: string): boolean {
  const match = /^([0-9a-f.:]+)(?:\/(\d{1,3}))?$/i.exec(range);
  if (match === null) return false;
  const [, address = "", prefix] = match;
  if (prefix === undefined) return true;
  return Number(prefix) >= (address.includes(":") ? SHORTEST_IPV6_PREFIX : SHORTEST_IPV4_PREFIX);
}
