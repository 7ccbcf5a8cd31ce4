import { type Condition } from "../../../policy/iam/document";
import { globMatches } from "../../../policy/lib/glob";

/** Condition keys of a request with their values, keys in lower case. */
export type Context = ReadonlyMap<string, string>;

/** The condition operators that the local stack evaluates, without `Not` and `IfExists` (IAM user guide, "Condition operators"). */
const OPERATORS: Readonly<Record<string, (value: string, expected: string) => boolean>> = {
  stringequals: (value, expected) => value === expected,
  stringlike: (value, expected) => globMatches(expected, value),
  arnequals: arnMatches,
  arnlike: arnMatches,
  bool: (value, expected) => value.toLowerCase() === expected.toLowerCase(),
};

/** Returns the problem with a condition that the local stack cannot evaluate; undefined if there is none. */
export function conditionProblem({ operator, values }: Condition): string | undefined {
  if (!isNull(operator) && parse(operator) === undefined) return `the condition operator ${operator}`;
  const variable = values.find((value) => value.includes("${"));
  if (variable !== undefined) return `the policy variable in ${variable}`;
  const odd = /^arn/i.test(operator) ? values.find((value) => value.split(":").length < 6) : undefined;
  return odd === undefined ? undefined : `${operator} with ${odd}, which is no ARN`;
}

/** Checks whether a condition holds for a request. All conditions of a statement must hold; values are alternatives. */
export function conditionHolds({ operator, key, values }: Condition, context: Context): boolean {
  const value = context.get(key.toLowerCase());
  if (isNull(operator)) return values.some((expected) => expected.toLowerCase() === String(value === undefined));
  const test = parse(operator);
  if (test === undefined) throw new Error(`condition operator ${operator}`);
  if (value === undefined) return test.isNegated || test.holdsIfMissing;
  return values.some((expected) => test.matches(value, expected)) !== test.isNegated;
}

function isNull(operator: string): boolean {
  return operator.toLowerCase() === "null";
}

/** `StringNotEqualsIfExists` is `stringequals`, negated, and holds if the request lacks the key. */
function parse(operator: string) {
  const [, type = "", not, test = "", ifExists] =
    /^(string|arn|bool)(not)?(equals|like)?(ifexists)?$/.exec(operator.toLowerCase()) ?? [];
  const matches = OPERATORS[type + test];
  const isNegated = not !== undefined;
  if (matches === undefined || (isNegated && test === "")) return undefined;
  return { matches, isNegated, holdsIfMissing: ifExists !== undefined };
}

/** Each of an ARN's six parts is matched by itself. */
function arnMatches(value: string, expected: string): boolean {
  const [parts, patterns] = [value, expected].map((arn) => {
    const split = arn.split(":");
    return [...split.slice(0, 5), split.slice(5).join(":")];
  });
  return patterns?.every((pattern, index) => globMatches(pattern, parts?.[index] ?? "")) ?? false;
}
