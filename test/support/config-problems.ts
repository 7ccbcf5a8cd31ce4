import * as pulumi from "@pulumi/pulumi";
import { checkConfig } from "../../infra/config";

export const SIZES = ["640w"];

/** Returns the sentences about a config that lists a size, with some keys set: `image.quality.jpeg`. */
export function problems(keys: Record<string, unknown>): readonly string[] {
  return checkConfig(withKeys({ sizes: SIZES, ...keys })).problems;
}

function withKeys(keys: Record<string, unknown>): Record<string, unknown> {
  const raw: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(keys)) {
    const path = key.split(".");
    const last = path.pop() ?? "";
    let group = raw;
    for (const name of path) group = (group[name] ??= {}) as Record<string, unknown>;
    group[last] = value;
  }
  return raw;
}

/** Gives the project and the stack their names. */
export function nameStack(project: string, stack: string): Promise<void> {
  return pulumi.runtime.setMocks({ newResource: () => ({ id: "", state: {} }), call: () => ({}) }, project, stack);
}
