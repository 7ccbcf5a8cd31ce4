import { evaluate, type Rule, type Subject } from "@image-resizer/policy-check/evaluate";

export type Properties = Readonly<Record<string, unknown>>;

/** A resource with these properties; of the stack rules' sight, too. */
export function resource(type: string, inputs: Properties, name = "it"): Subject {
  return { type, name, inputs };
}

/** What a rule says of these resources: one text a violation. */
export async function judge(rule: Rule, subjects: readonly Subject[], settings: Properties = {}): Promise<string[]> {
  const [verdict] = await evaluate([rule], subjects, { [rule.name]: { settings } });
  return [...(verdict?.violations ?? [])];
}

/** A copy of a value with one thing in it changed; `path` names it as in `rules.0.days`. Undefined removes it. */
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
