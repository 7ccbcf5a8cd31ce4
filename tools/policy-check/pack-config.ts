import { readFileSync } from "node:fs";
import type { EnforcementLevel } from "@pulumi/policy";
import { UserError } from "@image-resizer/lib/user-error";
import { problemOf, type RuleConfig } from "../../policy/lib/rule-config";
import { recordOf, shown } from "../../policy/lib/values";
import type { Rule } from "./check-stack";

/** Config of a pack by rule: its level and the values of its keys. `all` sets the level of rules without their own. */
export type PackConfig = Readonly<
  Record<
    string,
    { readonly enforcementLevel?: EnforcementLevel; readonly values?: Readonly<Record<string, unknown>> } | undefined
  >
>;

const LEVELS: readonly string[] = ["advisory", "mandatory", "remediate", "disabled"] satisfies EnforcementLevel[];

/**
 * Reads a file for the CLI's `--policy-pack-config`: by rule a level, or an object of config keys and maybe an
 * `enforcementLevel`.
 * @throws UserError that names the file, the value and what is allowed
 */
export function readPackConfig(file: string, rules: readonly Rule[]): PackConfig {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file} cannot be read as JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const entries = recordOf(content);
  if (entries === undefined) throw new UserError(`${file} must hold an object of rules`);
  return Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, readRule(file, name, value, rules)]));
}

function readRule(file: string, name: string, value: unknown, rules: readonly Rule[]): PackConfig[string] {
  const rule = rules.find((one) => one.name === name);
  if (rule === undefined && name !== "all") {
    const names = ["all", ...rules.map((one) => one.name)].join(", ");
    throw new UserError(`${file} names the rule "${name}": allowed are ${names}`);
  }
  const { enforcementLevel: level, ...values } = recordOf(value) ?? { enforcementLevel: value };
  if (level !== undefined && !isLevel(level)) {
    throw new UserError(`${file} sets ${name} to the level ${shown(level)}: allowed are ${LEVELS.join(", ")}`);
  }
  const keys = (rule?.configSchema?.properties ?? {}) as RuleConfig;
  for (const [key, given] of Object.entries(values)) {
    const known = keys[key];
    if (known === undefined) {
      const names = Object.keys(keys).join(", ") || "none";
      throw new UserError(`${file} sets the config key "${key}" of ${name}: allowed are ${names}`);
    }
    const problem = problemOf(known, given);
    if (problem !== undefined) throw new UserError(`${file}: ${key} of ${name} is ${shown(given)}: it ${problem}`);
  }
  return { ...(level === undefined ? {} : { enforcementLevel: level }), values };
}

function isLevel(value: unknown): value is EnforcementLevel {
  return typeof value === "string" && LEVELS.includes(value);
}
