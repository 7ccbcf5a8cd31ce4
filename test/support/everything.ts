import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

const FILE = path.resolve(__dirname, "../stacks/Pulumi.everything.yaml");

/** The config of a stack with everything on. */
export function everything(): Readonly<Record<string, unknown>> {
  return (parse(readFileSync(FILE, "utf8")) as { config: Record<string, unknown> }).config;
}
