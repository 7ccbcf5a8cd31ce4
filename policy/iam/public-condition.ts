import { hasWildcard } from "../kit/glob";
import type { Condition } from "./document";

/*
 * What keeps a statement from being public is AWS's own definition (Amazon S3 user guide, "Blocking public access to
 * your Amazon S3 storage", "The meaning of public"): access for fixed values of certain keys, where a fixed value has
 * neither a wildcard nor a policy variable.
 */

/** The keys that count, in lower case: IAM does not tell the cases of a key apart. */
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
]);

/**
 * Operators that hold for the listed values alone. Not among them: the negative ones, those that also hold where the
 * request lacks the key (`...IfExists`, `ForAllValues:`), and `Null`.
 */
const FIXED_OPERATORS = /^(?:foranyvalue:)?(?:stringequals|stringequalsignorecase|stringlike|arnequals|arnlike)$/;

/** Broader IP ranges than these count as everybody. */
const SHORTEST_IPV4_PREFIX = 8;
const SHORTEST_IPV6_PREFIX = 32;

/** Whether the conditions of a statement (all of which must hold) keep it from being public. */
export function keepsFromPublic(conditions: readonly Condition[]): boolean {
  return conditions.some(({ operator, key, values }) => {
    const name = key.toLowerCase();
    const test = operator.toLowerCase();
    if (values.length === 0) return false;
    if (name === "aws:sourceip") return test === "ipaddress" && values.every(isNarrowRange);
    return FIXED_KEYS.has(name) && FIXED_OPERATORS.test(test) && values.every((value) => isFixed(name, value));
  });
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
