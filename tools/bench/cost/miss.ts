import { ASSUMPTIONS } from "./assumptions";
import type { Usage } from "./bill";
import type { MeasuredVariants } from "./measured";
import type { StackCaps } from "./stack";
import { SECONDS_A_MONTH, sum as total } from "./traffic";

export const GB = 1024 ** 3;
/** What one vCPU comes with, in MB (Lambda developer guide, "Configure Lambda function memory"). */
export const MEMORY_PER_VCPU = 1769;
/** HTTP APIs count a request for each 512 KB of it. */
const API_METER_BYTES = 512 * 1024;

/** What a variant takes: of one spec, or in the mean of some. */
export interface VariantCost {
  /** The function's billed time, milliseconds. */
  readonly billedMs: number;
  readonly bytes: number;
  readonly apiRequests: number;
}

/**
 * What a variant of each spec takes. A function with less than one vCPU takes longer in proportion; with more it takes as
 * long as with one.
 */
export function variantCosts(specs: readonly string[], measured: MeasuredVariants, memorySize: number): VariantCost[] {
  const vcpus = Math.min(1, memorySize / MEMORY_PER_VCPU);
  return specs.map((spec) => {
    const bytes = measured.bytes(spec);
    return {
      billedMs: ASSUMPTIONS.s3WaitMs + measured.cpuMs(spec) / vcpus,
      bytes,
      apiRequests: Math.max(1, Math.ceil(bytes / API_METER_BYTES)),
    };
  });
}

/** The mean of variants, of each spec as many as `weights` says. */
export function meanOf(costs: readonly VariantCost[], weights: readonly number[]): VariantCost {
  const all = total(weights);
  const mean = (of: keyof VariantCost) => total(costs.map((cost, spec) => cost[of] * (weights[spec] ?? 0))) / all;
  return { billedMs: mean("billedMs"), bytes: mean("bytes"), apiRequests: mean("apiRequests") };
}

/** The share of invocations that start a process: those that come when no idle one is left. */
export function coldShare(invocations: number): number {
  return Math.exp((-invocations / SECONDS_A_MONTH) * ASSUMPTIONS.idleSeconds);
}

/** What `invocations` of the function use: requests, time, logs. */
export function invocationUsage(invocations: number, billedMs: number, caps: StackCaps): Usage {
  const seconds = (billedMs + coldShare(invocations) * ASSUMPTIONS.initMs) / 1000;
  const gbSeconds = invocations * seconds * (caps.memorySize / 1024);
  const logGb = (invocations * ASSUMPTIONS.functionLogBytes) / GB;
  return {
    lambdaRequest: invocations,
    [caps.architecture === "arm64" ? "lambdaArmGbSecond" : "lambdaX86GbSecond"]: gbSeconds,
    lambdaLogGb: logGb,
    logStorageGbMonth: logGb * ASSUMPTIONS.logCompression,
  };
}

/** What requests to the API use beside the function. */
export function apiUsage(requests: number, meteredEach = 1): Usage {
  const logGb = (requests * ASSUMPTIONS.apiLogBytes) / GB;
  return {
    httpApiRequest: requests * meteredEach,
    apiLogGb: logGb,
    logStorageGbMonth: logGb * ASSUMPTIONS.logCompression,
  };
}

/** Uses added up. */
export function sum(...uses: readonly Usage[]): Usage {
  const all: Record<string, number> = {};
  for (const use of uses) for (const [name, units] of Object.entries(use)) all[name] = (all[name] ?? 0) + units;
  return all;
}
