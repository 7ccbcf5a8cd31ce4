import { readSettings, type Settings } from "../../../functions/resizer/settings";
import type { ProgramRun } from "@image-resizer/lib/program";

/** MB of memory that come with one vCPU (Lambda developer guide, "Configure Lambda function memory"). */
export const MEMORY_PER_VCPU = 1769;

/** Resizer function as the program registers it. */
export interface RegisteredResizer {
  readonly settings: Settings;
  readonly environment: Readonly<Record<string, string>>;
  /** ARN of its role. */
  readonly role: string;
  /** In MB. */
  readonly memorySize: number;
  /** In seconds. */
  readonly timeout: number;
  readonly architecture: "arm64" | "x86_64";
  /** Absent where the account's concurrency is shared. */
  readonly reservedConcurrency?: number;
}

/** Returns the resizer that a run of the program registered. */
export function resizerOf({ resources }: Pick<ProgramRun, "resources">): RegisteredResizer {
  const found = resources.find(({ type, name }) => type === "aws:lambda/function:Function" && name === "resizer");
  if (!found) throw new Error("The program registers no function named resizer.");
  const { inputs } = found;
  const { variables } = inputs.environment as { variables: Record<string, string> };
  const [architecture] = inputs.architectures as readonly RegisteredResizer["architecture"][];
  const reserved = inputs.reservedConcurrentExecutions;
  return {
    settings: readSettings(variables),
    environment: variables,
    role: String(inputs.role),
    memorySize: Number(inputs.memorySize),
    timeout: Number(inputs.timeout),
    architecture: architecture ?? "x86_64",
    ...(typeof reserved === "number" && reserved >= 0 ? { reservedConcurrency: reserved } : {}),
  };
}
