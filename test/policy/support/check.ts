import assert from "node:assert/strict";
import { it } from "mocha";
import { checkStack, type Rule, type Subject } from "@image-resizer/policy-check/check-stack";

export type Properties = Readonly<Record<string, unknown>>;
type Subjects = Subject | readonly Subject[];

/** Returns a resource with these properties. */
export function resource(type: string, inputs: Properties, name = "it"): Subject {
  return { type, name, inputs };
}

/** Returns the violations of a rule by these resources. */
export async function check(rule: Rule, subjects: Subjects, values: Properties = {}): Promise<string[]> {
  const [result] = await checkStack([rule], [subjects].flat(), { [rule.name]: { values } });
  return [...(result?.violations ?? [])];
}

/** Declares a test for each row: the rule has no violation. */
export function accepts(
  rule: Rule,
  rows: readonly (readonly [what: string, subjects: Subjects, values?: Properties])[],
): void {
  for (const [what, subjects, values] of rows) {
    it(`accepts ${what}`, async () => {
      assert.deepEqual(await check(rule, subjects, values), []);
    });
  }
}

/** Declares a test for each row: the rule has just the violations whose messages include these texts, in this order. */
export function rejects(
  rule: Rule,
  rows: readonly (readonly [
    what: string,
    subjects: Subjects,
    includes: string | readonly string[],
    values?: Properties,
  ])[],
): void {
  for (const [what, subjects, includes, values] of rows) {
    it(`rejects ${what}`, async () => {
      const violations = await check(rule, subjects, values);
      const texts = [includes].flat();
      const found = violations.map((violation, index) =>
        violation.includes(texts[index] ?? "\0") ? texts[index] : violation,
      );
      assert.deepEqual(found, texts);
    });
  }
}

/** Returns a copy of a value with one thing in it changed; `path` names it as in `rules.0.days`. Undefined removes it. */
export function changed<T>(value: T, path: string, to: unknown): T {
  const copy = structuredClone(value);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let holder = copy as Record<string, unknown>;
  for (const key of keys) holder = holder[key] as Record<string, unknown>;
  if (to === undefined) Reflect.deleteProperty(holder, last);
  else holder[last] = to;
  return copy;
}
