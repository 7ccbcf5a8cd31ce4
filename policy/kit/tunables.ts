import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";

/** One setting of a rule: the JSON schema of its value, with the default that holds where nobody sets it. */
export type Tunable<T> = PolicyConfigJSONSchema & { readonly default: T; readonly description: string };

/** The settings of a rule by name. */
export type Tunables = Readonly<Record<string, Tunable<number> | Tunable<boolean> | Tunable<readonly string[]>>>;

/** The values of a rule's settings. */
export type Settings<T extends Tunables> = { readonly [Name in keyof T]: T[Name]["default"] };

/** A whole number, 0 or more. */
export function wholeNumber(value: number, description: string): Tunable<number> {
  return { type: "integer", minimum: 0, default: value, description };
}

/** Yes or no. */
export function flag(value: boolean, description: string): Tunable<boolean> {
  return { type: "boolean", default: value, description };
}

/** A list of words. */
export function words(value: readonly string[], description: string): Tunable<readonly string[]> {
  return { type: "array", items: { type: "string" }, default: value, description };
}

/** What is wrong with a value for a setting, as `must be a whole number`; undefined if nothing is. */
export function problemOf(tunable: Tunables[string], value: unknown): string | undefined {
  switch (tunable.type) {
    case "integer":
      return Number.isInteger(value) && (value as number) >= 0 ? undefined : "must be a whole number, 0 or more";
    case "boolean":
      return typeof value === "boolean" ? undefined : "must be true or false";
    default:
      return Array.isArray(value) && value.every((item) => typeof item === "string")
        ? undefined
        : "must be a list of strings";
  }
}

/**
 * A rule's settings: what the engine (or the command line) configured over the defaults. The engine validates them
 * against the schema before it sends them; a value of another type counts as not set.
 */
export function settingsOf<T extends Tunables>(
  tunables: T,
  configured: Readonly<Record<string, unknown>>,
): Settings<T> {
  return Object.fromEntries(
    Object.entries(tunables).map(([name, tunable]) => {
      const value = configured[name];
      return [name, value === undefined || problemOf(tunable, value) !== undefined ? tunable.default : value];
    }),
  ) as Settings<T>;
}
