import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type ProgramOptions, type ProgramRun, runProgram } from "@image-resizer/lib/program";
import { everything } from "./everything";

const FOLDER = path.resolve(__dirname, "../golden");

/** The runs of the program that golden files hold, by the name of the file. */
export const GOLDEN_RUNS: Readonly<Record<string, ProgramOptions>> = {
  dev: { stack: "dev" },
  prod: { stack: "prod" },
  "prod-failover": { stack: "prod", config: { "cdn.delivery": "failover" } },
  everything: { stack: "dev", config: everything() },
};

/** The text of a golden file. */
export function readGolden(name: string): string {
  return readFileSync(fileOf(name), "utf8");
}

/** Writes a golden file. */
export function writeGolden(name: string, text: string): void {
  writeFileSync(fileOf(name), text);
}

function fileOf(name: string): string {
  return path.join(FOLDER, `${name}.json`);
}

/** All that a run registers and exports, as text: what a change of the program changes, and nothing else. */
export async function describeRun(options: ProgramOptions): Promise<string> {
  const { project, stack, region, resources, outputs } = await runProgram(options);
  const sorted = [...resources].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const described = {
    project,
    stack,
    region,
    outputs,
    resources: sorted.map(({ type, name, inputs, options: { dependsOn, ...rest } }) => ({
      type,
      name,
      inputs,
      options: { ...rest, dependsOn: [...dependsOn].sort() },
    })),
  };
  return `${JSON.stringify(described, plain, 2)}\n`;
}

function keyOf({ type, name }: ProgramRun["resources"][number]): string {
  return `${type}::${name}`;
}

/** Replaces packages of code, which change with every source file, and parses texts of JSON; sorts keys. */
function plain(_key: string, value: unknown): unknown {
  if (value === null) return null;
  if (pulumi.asset.Archive.isInstance(value)) return "<archive>";
  if (typeof value === "string" && /^[[{]/.test(value)) return parsed(value);
  if (typeof value !== "object" || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function parsed(text: string): unknown {
  try {
    return { json: JSON.parse(text) as unknown };
  } catch {
    return text;
  }
}
