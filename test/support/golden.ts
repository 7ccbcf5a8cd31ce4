import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { type ProgramOptions, type ProgramRun, runProgram } from "@image-resizer/lib/program";
import { everything } from "./everything";
import { updateSequence, withoutIgnored } from "./update-sequence";

const FOLDER = path.resolve(__dirname, "../golden");

/** The runs of the program that golden files hold, by the name of the file. */
export const GOLDEN_RUNS: Readonly<Record<string, ProgramOptions>> = {
  dev: { stack: "dev" },
  prod: { stack: "prod" },
  "prod-failover": { stack: "prod", config: { "cdn.delivery": "failover" } },
  everything: { stack: "dev", config: everything() },
};

const ofProd = (config: Readonly<Record<string, unknown>>): ProgramOptions => ({ stack: "prod", config });

/** Updates of a stack from one config to another, whose steps the golden file `updates` holds. */
const GOLDEN_UPDATES: Readonly<Record<string, readonly [before: ProgramOptions, after: ProgramOptions]>> = {
  "redirect to failover": [{ stack: "prod" }, ofProd({ "cdn.delivery": "failover" })],
  "failover to redirect": [ofProd({ "cdn.delivery": "failover" }), { stack: "prod" }],
  "another key of the CDN": [
    ofProd({ "cdn.delivery": "failover" }),
    ofProd({ "cdn.delivery": "failover", "cdn.keyGeneration": 2 }),
  ],
  "without the trail": [{ stack: "prod" }, ofProd({ "bucket.auditTrail": false })],
  "with a trail": [ofProd({ "bucket.auditTrail": false }), { stack: "prod" }],
};

/** The steps of every update, as text. */
export async function describeUpdates(): Promise<string> {
  const updates: Record<string, unknown> = {};
  for (const [name, [before, after]] of Object.entries(GOLDEN_UPDATES)) {
    updates[name] = await updateSequence(before, after);
  }
  return `${JSON.stringify(updates, null, 2)}\n`;
}

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
      inputs: withoutIgnored(inputs, rest.ignoreChanges),
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
