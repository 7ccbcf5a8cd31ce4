import { readFileSync } from "node:fs";
import type { EnforcementLevel } from "@pulumi/policy";
import { UserError } from "@image-resizer/lib/program";
import { recordOf, shown } from "../../policy/kit/json";
import { problemOf, type Tunables } from "../../policy/kit/tunables";
import type { Rule } from "./evaluate";

/** What the config has for a rule: its level, and its settings. */
export interface RuleConfig {
  readonly enforcementLevel?: EnforcementLevel;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** A pack's config by rule; `all` sets the level of every rule that has none of its own. */
export type PackConfig = Readonly<Record<string, RuleConfig>>;

const LEVELS: readonly string[] = ["advisory", "mandatory", "remediate", "disabled"] satisfies EnforcementLevel[];

/**
 * Reads the file that the CLI takes as `--policy-pack-config`: by rule a level, or an object with settings and maybe an
 * `enforcementLevel`.
 * @throws UserError that says what is wrong
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
  return Object.fromEntries(
    Object.entries(entries).map(([name, value]) => [name, readRule(file, name, value, rules)] as const),
  );
}

function readRule(file: string, name: string, value: unknown, rules: readonly Rule[]): RuleConfig {
  const rule = rules.find((one) => one.name === name);
  if (rule === undefined && name !== "all") {
    const names = ["all", ...rules.map((one) => one.name)].join(", ");
    throw new UserError(`${file} names the rule "${name}": there are ${names}`);
  }
  const { enforcementLevel, ...settings } = recordOf(value) ?? { enforcementLevel: value };
  if (enforcementLevel !== undefined && !isLevel(enforcementLevel)) {
    throw new UserError(`${file} gives ${name} the level ${shown(enforcementLevel)}: there are ${LEVELS.join(", ")}`);
  }
  const tunables = (rule?.configSchema?.properties ?? {}) as Tunables;
  for (const [setting, given] of Object.entries(settings)) {
    const tunable = tunables[setting];
    if (tunable === undefined) {
      const known = Object.keys(tunables).join(", ") || "none";
      throw new UserError(`${file} gives ${name} the setting "${setting}": it has ${known}`);
    }
    const problem = problemOf(tunable, given);
    if (problem !== undefined) throw new UserError(`${file}: ${setting} of ${name} ${problem}, and is ${shown(given)}`);
  }
  return enforcementLevel === undefined ? { settings } : { enforcementLevel, settings };
}

function isLevel(value: unknown): value is EnforcementLevel {
  return typeof value === "string" && LEVELS.includes(value);
}
