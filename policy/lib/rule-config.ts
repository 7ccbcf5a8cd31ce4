import type { PolicyConfigJSONSchema } from "@pulumi/policy/schema";

/** One config key of a rule: the JSON schema of its value, with the default. */
export type ConfigKey<T> = PolicyConfigJSONSchema & { readonly default: T; readonly description: string };

/** Config keys of a rule, by name. */
export type RuleConfig = Readonly<
  Record<string, ConfigKey<number> | ConfigKey<boolean> | ConfigKey<readonly string[]>>
>;

/** Values of a rule's config keys. */
export type ConfigValues<T extends RuleConfig> = { readonly [Name in keyof T]: T[Name]["default"] };

/** Returns a config key for a whole number, 0 or more. */
export function wholeNumber(value: number, description: string): ConfigKey<number> {
  return { type: "integer", minimum: 0, default: value, description };
}

/** Returns a config key for true or false. */
export function flag(value: boolean, description: string): ConfigKey<boolean> {
  return { type: "boolean", default: value, description };
}

/** Returns a config key for a list of strings. */
export function words(value: readonly string[], description: string): ConfigKey<readonly string[]> {
  return { type: "array", items: { type: "string" }, default: value, description };
}

/** Returns the problem with a value for a config key, as `must be true or false`; undefined if there is none. */
export function problemOf(key: RuleConfig[string], value: unknown): string | undefined {
  switch (key.type) {
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
 * Returns the values of a rule's config keys: the configured ones over the defaults. The engine validates them against
 * the schema; a value of another type counts as not set.
 */
export function valuesOf<T extends RuleConfig>(
  config: T,
  configured: Readonly<Record<string, unknown>>,
): ConfigValues<T> {
  return Object.fromEntries(
    Object.entries(config).map(([name, key]) => {
      const value = configured[name];
      return [name, value === undefined || problemOf(key, value) !== undefined ? key.default : value];
    }),
  ) as ConfigValues<T>;
}
