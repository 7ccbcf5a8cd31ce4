import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { parseSpec, variantKey } from "../../../functions/variant-key";
import { bundle } from "../kit/bundle";
import type { Interrupt } from "@image-resizer/lib/interrupt";
import { thisMachine } from "../kit/machine";
import type { Photograph } from "../kit/photographs";
import { startProgress } from "../kit/progress";
import { openStackStore, type StackStore } from "../kit/stack-store";
import { median, spread } from "../kit/statistics";
import type { BurstResult } from "./result";

const SPEC = "640w";
const WARM_UP = 3;

export interface BurstOptions {
  readonly requests: number;
  readonly rounds: number;
  readonly note: string | undefined;
}

/**
 * One process, warm: a missing variant asked for once, then by many at once, a round after the other.
 * @returns undefined if it was stopped before a counted round was complete
 */
export async function run(
  { requests, rounds, note }: BurstOptions,
  { name }: Photograph,
  folder: string,
  interrupt: Pick<Interrupt, "requested">,
): Promise<BurstResult | undefined> {
  const machine = thisMachine();
  const startedAt = new Date().toISOString();
  const store = await openStackStore([SPEC], folder);
  const key = name.replaceAll("\\", "/");
  const spec = parseSpec(SPEC);
  const variant = spec ? variantKey(key, spec) : "";
  const child = fork(bundle(path.join(__dirname, "worker.ts")), {
    env: { PATH: process.env.PATH ?? "", ...store.environment, MODULE: store.bundle, KEY: key, SPEC },
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const progress = startProgress(rounds + WARM_UP, "rounds");
  const times: { readonly single: number; readonly burst: number }[] = [];
  const s3Calls: Record<string, number> = {};
  try {
    for (let round = 0; round < rounds + WARM_UP && !interrupt.requested(); round++) {
      const single = await missing(1, child, store, variant);
      const before = store.calls();
      const burst = await ask(requests, child);
      const after = store.calls();
      await store.remove(variant);
      progress.update(round + 1);
      if (round < WARM_UP) continue;
      times.push({ single, burst });
      for (const [operation, calls] of Object.entries(after)) {
        const made = calls - (before[operation] ?? 0);
        if (made > 0) s3Calls[operation] = (s3Calls[operation] ?? 0) + made;
      }
    }
  } finally {
    progress.stop();
    if (child.connected) child.disconnect();
    await store.close();
  }
  if (times.length === 0) return undefined;
  return {
    kind: "burst",
    startedAt,
    complete: times.length === rounds,
    machine,
    ...(note === undefined ? {} : { note }),
    photograph: name,
    spec: SPEC,
    requests,
    rounds: times.length,
    singleMs: median(times.map(({ single }) => single)),
    burstMs: median(times.map(({ burst }) => burst)),
    ratio: spread(times.map(({ single, burst }) => burst / single)),
    s3Calls,
  };
}

async function missing(requests: number, child: ChildProcess, store: StackStore, variant: string): Promise<number> {
  const wallMs = await ask(requests, child);
  await store.remove(variant);
  return wallMs;
}

/** The wall time until the last of the requests is answered, milliseconds. */
async function ask(requests: number, child: ChildProcess): Promise<number> {
  const settled = new AbortController();
  const { signal } = settled;
  const answer = Promise.race([once(child, "message", { signal }), once(child, "exit", { signal })]);
  child.send(requests);
  const [told] = (await answer) as [{ wallMs?: number; failed?: string } | number | null];
  settled.abort();
  if (typeof told === "object" && told?.wallMs !== undefined) return told.wallMs;
  throw new Error(`the handler failed: ${typeof told === "object" ? (told?.failed ?? "") : "its process ended"}`);
}
