import { isAbsent, listOf, propertyOf, recordOf, type Json } from "./json";

/**
 * Whether an error is @pulumi/policy's answer to reading a value that a preview cannot know. Its class is not
 * exported, so it is told by the property that no other error has.
 */
export function isUnknownValue(error: unknown): boolean {
  return error instanceof Error && "unknownTypeSentinel" in error;
}

/** Reads a value that may be unknown in a preview: `known` is false then. */
export function attempt<T>(read: () => T): { readonly known: true; readonly value: T } | { readonly known: false } {
  try {
    return { known: true, value: read() };
  } catch (error) {
    if (isUnknownValue(error)) return { known: false };
    throw error;
  }
}

/**
 * Makes every judgement. The engine turns a rule that meets an unknown value into an advisory: one that does so here
 * does not keep the others from being made; the engine is told after them.
 */
export function judgeAll(judgements: Iterable<() => void>): void {
  const unknowns: unknown[] = [];
  for (const judge of judgements) {
    try {
      judge();
    } catch (error) {
      if (!isUnknownValue(error)) throw error;
      unknowns.push(error);
    }
  }
  if (unknowns.length > 0) throw unknowns[0];
}

/** Judges every item of a list (a lone value is a list of one), as `judgeAll`. */
export function judgeEach(value: Json, judge: (item: Json, index: number) => void): void {
  const list = listOf(value);
  judgeAll(
    Array.from({ length: list.length }, (_, index) => () => {
      judge(list[index], index);
    }),
  );
}

/**
 * Judges every value that a path leads to, as `judgeAll`. `details.policy` descends into an object,
 * `inlinePolicies[].policy` into every item of a list. Where something other than an object stands in the way, that is
 * what is judged; what is absent is not.
 */
export function judgeAt(value: Json, path: string, judge: (value: Json, where: string) => void, from = ""): void {
  const [head = "", ...rest] = path.split(".");
  const key = head.replace("[]", "");
  const where = from === "" ? key : `${from}.${key}`;
  const found = propertyOf(value, key);
  const visit = (item: Json, at: string): void => {
    if (isAbsent(item)) return;
    if (rest.length === 0 || recordOf(item) === undefined) judge(item, at);
    else judgeAt(item, rest.join("."), judge, at);
  };
  if (!head.endsWith("[]")) visit(found, where);
  else {
    judgeEach(found, (item, index) => {
      visit(item, `${where}[${index}]`);
    });
  }
}
