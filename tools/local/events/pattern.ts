import { UserError } from "@image-resizer/lib/program";
import { wildcardExpression } from "./wildcard";

/** Whether an event has what a rule's pattern asks for. */
export type EventMatcher = (event: unknown) => boolean;

/** Takes one value of a field. */
type ValueTest = (value: unknown) => boolean;
/** Takes a field's values: none where the event has no such field, several where it is a list. */
type FieldTest = (values: readonly unknown[]) => boolean;

/**
 * Reads a rule's event pattern (EventBridge user guide, "Creating event patterns"): every field that it names must be in
 * the event with one of the values listed, or one that passes one of the tests listed.
 * @param owner how a mistake is told: `the rule "originals"`
 * @throws UserError for a pattern that EventBridge would refuse, or a test that the local stack does not know
 */
export function eventMatcher(pattern: string, owner: string): EventMatcher {
  let parsed: unknown;
  try {
    parsed = JSON.parse(pattern);
  } catch {
    throw new UserError(`the event pattern of ${owner} is no JSON`);
  }
  if (!isObject(parsed)) throw new UserError(`the event pattern of ${owner} is no JSON object`);
  return objectMatcher(parsed, owner, []);
}

function objectMatcher(
  pattern: Readonly<Record<string, unknown>>,
  owner: string,
  path: readonly string[],
): EventMatcher {
  if (Object.keys(pattern).length === 0) throw wrong(owner, path, "is an empty object");
  const fields = Object.entries(pattern).map(([name, wanted]) => {
    const inner = [...path, name];
    if (name === "$or") throw wrong(owner, inner, "is a test that the local stack does not serve");
    return [
      name,
      isObject(wanted) ? nested(objectMatcher(wanted, owner, inner)) : listTest(wanted, owner, inner),
    ] as const;
  });
  return (event) => fields.every(([name, test]) => test(valuesOf(isObject(event) ? event[name] : undefined)));
}

function nested(matches: EventMatcher): FieldTest {
  // An object that is not there may still pass, by `exists: false` for what would be in it.
  return (values) => (values.length === 0 ? matches(undefined) : values.some(matches));
}

function listTest(wanted: unknown, owner: string, path: readonly string[]): FieldTest {
  if (!Array.isArray(wanted)) throw wrong(owner, path, "is neither an object nor a list of values");
  if (wanted.length === 0) throw wrong(owner, path, "is an empty list");
  const tests = wanted.map((one) => fieldTest(one, owner, path));
  return (values) => tests.some((test) => test(values));
}

function fieldTest(wanted: unknown, owner: string, path: readonly string[]): FieldTest {
  if (!isObject(wanted)) return anyOf((value) => value === wanted);
  const [name, operand] = onlyEntry(wanted, owner, path);
  if (name !== "exists") return anyOf(valueTest(name, operand, owner, path));
  if (typeof operand !== "boolean") throw wrong(owner, [...path, name], "is neither true nor false");
  return (values) => values.length > 0 === operand;
}

function valueTest(name: string, operand: unknown, owner: string, path: readonly string[]): ValueTest {
  const inner = [...path, name];
  if (name === "anything-but") {
    if (!isObject(operand)) {
      const excluded = listOf(operand, (value) => typeof value === "string" || typeof value === "number", owner, inner);
      return (value) => !excluded.includes(value);
    }
    const [innerName, innerOperand] = onlyEntry(operand, owner, inner);
    if (innerName === "anything-but") throw wrong(owner, inner, "contains itself");
    const tests = listOf(innerOperand, (value) => typeof value === "string", owner, [...inner, innerName]).map((text) =>
      valueTest(innerName, text, owner, inner),
    );
    return (value) => !tests.some((test) => test(value));
  }
  const isAffix = name === "prefix" || name === "suffix";
  if (isAffix && isObject(operand)) {
    const [innerName, text] = onlyEntry(operand, owner, inner);
    if (innerName !== "equals-ignore-case") throw unknownTest(innerName, owner, inner);
    return affixTest(name, textOf(text, owner, inner), (value) => value.toLowerCase());
  }
  if (isAffix) return affixTest(name, textOf(operand, owner, inner), (value) => value);
  if (name === "equals-ignore-case") {
    const text = textOf(operand, owner, inner).toLowerCase();
    return ofText((value) => value.toLowerCase() === text);
  }
  if (name === "wildcard") {
    const expression = wildcardExpression(textOf(operand, owner, inner), (problem) => wrong(owner, inner, problem));
    return ofText((value) => expression.test(value));
  }
  throw unknownTest(name, owner, path);
}

function affixTest(name: "prefix" | "suffix", text: string, fold: (value: string) => string): ValueTest {
  const wanted = fold(text);
  return ofText((value) => (name === "prefix" ? fold(value).startsWith(wanted) : fold(value).endsWith(wanted)));
}

function ofText(test: (value: string) => boolean): ValueTest {
  return (value) => typeof value === "string" && test(value);
}

function anyOf(test: ValueTest): FieldTest {
  return (values) => values.some(test);
}

function valuesOf(value: unknown): readonly unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function onlyEntry(test: Readonly<Record<string, unknown>>, owner: string, path: readonly string[]): [string, unknown] {
  const [entry, ...more] = Object.entries(test);
  if (!entry || more.length > 0) throw wrong(owner, path, "holds a test that is not of one name");
  return entry;
}

function listOf(value: unknown, is: (one: unknown) => boolean, owner: string, path: readonly string[]): unknown[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0 || !list.every(is)) throw wrong(owner, path, "is no value and no list of values that it takes");
  return list;
}

function textOf(value: unknown, owner: string, path: readonly string[]): string {
  if (typeof value !== "string") throw wrong(owner, path, "is no text");
  return value;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unknownTest(name: string, owner: string, path: readonly string[]): UserError {
  return wrong(owner, [...path, name], "is a test that the local stack does not serve");
}

function wrong(owner: string, path: readonly string[], problem: string): UserError {
  return new UserError(`the event pattern of ${owner} cannot be served: ${path.join(".") || "it"} ${problem}`);
}
