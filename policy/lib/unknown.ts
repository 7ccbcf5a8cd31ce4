import { fieldOf, isAbsent, listOf, recordOf, type Json } from "./values";

/*
 * In a preview some values are unknown: reading one makes @pulumi/policy throw, and the engine then turns the whole rule
 * into an advisory. The functions here keep one unknown value from hiding the violations beside it.
 */

/** Reads a value that may be unknown in a preview: `known` is false then. */
export function attempt<T>(read: () => T): { readonly known: true; readonly value: T } | { readonly known: false } {
  try {
    return { known: true, value: read() };
  } catch (error) {
    if (isUnknownValue(error)) return { known: false };
    throw error;
  }
}

/** Runs every check, and throws the first unknown value of them at the end. */
export function checkAll(checks: Iterable<() => void>): void {
  const unknowns: unknown[] = [];
  for (const check of checks) {
    try {
      check();
    } catch (error) {
      if (!isUnknownValue(error)) throw error;
      unknowns.push(error);
    }
  }
  if (unknowns.length > 0) throw unknowns[0];
}

/** Checks every item of a list, as `checkAll`: an item may be unknown, too. */
export function checkEach<T>(list: readonly T[], check: (item: T, index: number) => void): void {
  checkAll(
    Array.from({ length: list.length }, (_, index) => () => {
      check(list[index] as T, index);
    }),
  );
}

/**
 * Checks every value at a property path, as `checkAll`. `details.policy` descends into an object,
 * `inlinePolicies[].policy` into every item of a list. A value that is no object where the path goes on is checked
 * itself; what is absent is not.
 */
export function checkPath(value: Json, path: string, check: (value: Json, where: string) => void, from = ""): void {
  const [head = "", ...rest] = path.split(".");
  const key = head.replace("[]", "");
  const where = from === "" ? key : `${from}.${key}`;
  const found = fieldOf(value, key);
  const visit = (item: Json, at: string): void => {
    if (isAbsent(item)) return;
    if (rest.length === 0 || recordOf(item) === undefined) check(item, at);
    else checkPath(item, rest.join("."), check, at);
  };
  if (!head.endsWith("[]")) visit(found, where);
  else {
    checkEach(listOf(found), (item, index) => {
      visit(item, `${where}[${index}]`);
    });
  }
}

/** @pulumi/policy does not export the error's class: no other error has this property. */
function isUnknownValue(error: unknown): boolean {
  return error instanceof Error && "unknownTypeSentinel" in error;
}
