import { readSettings } from "../../../functions/resizer/settings";
import type { ProgramRun } from "@image-resizer/lib/program";

/** MB of memory that come with one vCPU (Lambda developer guide, "Configure Lambda function memory"). */
export const MEMORY_PER_VCPU = 1769;

/** Resizer function as the program registers it. */
export type RegisteredResizer = ReturnType<typeof resizerOf>;

/** Returns the resizer that a run of the program registered: memory in MB, timeout in seconds. */
export function resizerOf({ resources }: Pick<ProgramRun, "resources">) {
  const found = resources.find(({ type, name }) => type === "aws:lambda/function:Function" && name === "resizer");
  if (!found) throw new Error("The program registers no function named resizer.");
  const { inputs } = found;
  const { variables: environment } = inputs.environment as { readonly variables: Readonly<Record<string, string>> };
  const [architecture = "x86_64"] = inputs.architectures as readonly ("arm64" | "x86_64")[];
  return {
    settings: readSettings(environment),
    environment,
    /** ARN of its role. */
    role: String(inputs.role),
    memorySize: Number(inputs.memorySize),
    timeout: Number(inputs.timeout),
    architecture,
    /** Undefined where the account's concurrency is shared. */
    reservedConcurrency: inputs.reservedConcurrentExecutions as number | undefined,
  };
}
