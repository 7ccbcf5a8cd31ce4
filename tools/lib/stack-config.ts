import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse, YAMLParseError } from "yaml";
import { ROOT } from "./root";
import { UserError } from "./user-error";

/** The stacks that have a `Pulumi.<stack>.yaml` beside the program. */
export function stackNames(): string[] {
  return readdirSync(ROOT).flatMap((file) => /^Pulumi\.([^.]+)\.yaml$/.exec(file)?.[1] ?? []);
}

/**
 * Returns the stack's config as the CLI merges it, in the text that the program receives: the stack file, then the
 * overrides. An override with a dotted key sets one value in its group, as `pulumi up --config-path -c` does.
 * @throws UserError for a stack without a file, or a file that is no YAML
 */
export function stackConfig(stack: string, overrides: Readonly<Record<string, unknown>>) {
  const stacks = stackNames();
  if (!stacks.includes(stack)) {
    throw new UserError(`there is no stack "${stack}": Pulumi.<stack>.yaml exists for ${stacks.join(", ")}`);
  }
  const project = readYaml(path.join(ROOT, "Pulumi.yaml")) as { name: string };
  const file = readYaml(path.join(ROOT, `Pulumi.${stack}.yaml`)) as { config?: Record<string, unknown> } | null;
  const full = (key: string) => (key.includes(":") ? key : `${project.name}:${key}`);
  const values = new Map(Object.entries(file?.config ?? {}).map(([key, value]) => [full(key), value]));
  for (const [key, value] of Object.entries(overrides)) {
    const [group = "", ...path] = full(key).split(".");
    values.set(group, withValue(values.get(group), path, value));
  }
  const texts = [...values].map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]);
  return { project: project.name, config: Object.fromEntries(texts) as Record<string, string> };
}

/** Returns a copy of an object with one value set: the whole of it for an empty path. */
function withValue(object: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const members = typeof object === "object" && object !== null ? (object as Record<string, unknown>) : {};
  return { ...members, [key]: withValue(members[key], rest, value) };
}

/**
 * Reads a file of YAML.
 * @throws UserError that names the file and the line of a mistake
 */
export function readYaml(file: string): unknown {
  try {
    return parse(readFileSync(file, "utf8"), { prettyErrors: true });
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw error;
    const [reason = ""] = error.message.split(/ at line |\n/);
    throw new UserError(`${path.basename(file)}, line ${error.linePos?.[0].line ?? 1}, is not valid YAML: ${reason}`);
  }
}
