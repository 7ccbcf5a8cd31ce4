import { fork } from "node:child_process";
import path from "node:path";
import { parseSpec, variantKey } from "../../../functions/variant-key";
import { bundle } from "../kit/bundle";
import { ROOT } from "../kit/files";
import type { Interrupt } from "@image-resizer/lib/interrupt";
import { thisMachine } from "../kit/machine";
import type { Photograph } from "../kit/photographs";
import { startProgress } from "../kit/progress";
import { median, spread } from "../kit/statistics";
import { openStackStore } from "../kit/stack-store";
import type { Part, Start } from "./measure";
import type { ColdResult, ColdRow } from "./result";

const SPEC = "640w";
/** Starts of each kind that are not counted: the first reads files that nobody has in memory yet. */
const WARM_UP = 1;

interface Starter {
  readonly name: string;
  readonly what: string;
  readonly module: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const FLOOR = "sharp alone";
/** The handler once more, with marks: apart, so that they cost the other nothing. */
const PARTS = "handler, in parts";

/**
 * Starts a fresh process of each kind in turns, `starts` times.
 * @returns undefined if it was stopped before there was one counted start of each
 */
export async function run(
  starts: number,
  { name, file }: Photograph,
  folder: string,
  interrupt: Pick<Interrupt, "requested">,
  note: string | undefined,
): Promise<ColdResult | undefined> {
  const machine = thisMachine();
  const startedAt = new Date().toISOString();
  const store = await openStackStore([SPEC], folder);
  const spec = parseSpec(SPEC);
  const key = name.replaceAll("\\", "/");
  const variant = spec ? variantKey(key, spec) : "";
  const starters = startersOf(store.bundle);
  const progress = startProgress((starts + WARM_UP) * starters.length, "processes");
  const rounds: Map<string, Start>[] = [];
  let done = 0;
  try {
    for (let round = 0; round < starts + WARM_UP; round++) {
      const ofRound = new Map<string, Start>();
      for (let turn = 0; turn < starters.length && !interrupt.requested(); turn++) {
        const starter = starters[(turn + round) % starters.length];
        if (!starter) continue;
        progress.update(done++, starter.name);
        const environment = { ...store.environment, KEY: key, SPEC, ORIGINAL: file, ...starter.environment };
        ofRound.set(starter.name, await startOnce(starter, environment));
        await store.remove(variant);
      }
      if (interrupt.requested()) break;
      if (round >= WARM_UP) rounds.push(ofRound);
    }
  } finally {
    progress.stop();
    await store.close();
  }
  if (rounds.length === 0) return undefined;
  return {
    kind: "cold",
    startedAt,
    complete: rounds.length === starts,
    machine,
    ...(note === undefined ? {} : { note }),
    photograph: name,
    spec: SPEC,
    starts: rounds.length,
    rows: starters.filter(({ name }) => name !== PARTS).map((starter) => rowOf(starter, rounds)),
    parts: partsOf(rounds),
  };
}

function startersOf(handlerBundle: string): Starter[] {
  const starters = path.join(__dirname, "starters");
  const loadAlone = bundle(path.join(starters, "module-alone.ts"));
  const withHandler = bundle(path.join(starters, "handler.ts"));
  const unbundled = bundle(path.join(ROOT, "functions/resizer/index.ts"), { packages: "apart" });
  return [
    {
      name: FLOOR,
      what: "sharp, and the original from its file",
      module: bundle(path.join(starters, "sharp-alone.ts")),
    },
    {
      name: "sharp alone again",
      what: "the same once more: how far two alike are apart",
      module: bundle(path.join(starters, "sharp-alone.ts")),
    },
    {
      name: "S3 client alone",
      what: "what the resizer takes of the SDK, bundled; makes nothing",
      module: loadAlone,
      environment: { MODULE: bundle(path.join(starters, "s3-client.ts")) },
    },
    {
      name: "handler",
      what: "the resizer's bundle, against a local S3",
      module: withHandler,
      environment: { MODULE: handlerBundle },
    },
    {
      name: "handler, unbundled",
      what: "the same with its packages from node_modules",
      module: withHandler,
      environment: { MODULE: unbundled },
    },
    {
      name: PARTS,
      what: "the resizer's bundle, with a mark wherever a part ends",
      module: bundle(path.join(starters, "handler-parts.ts")),
      environment: { MODULE: handlerBundle },
    },
  ];
}

function startOnce({ name, module }: Starter, environment: Readonly<Record<string, string>>): Promise<Start> {
  return new Promise((resolve, reject) => {
    const child = fork(module, {
      env: { PATH: process.env.PATH ?? "", ...environment },
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      // Ctrl-C in a terminal is for this process, which lets the child end.
      detached: true,
    });
    child.once("message", (start) => {
      resolve(start as Start);
    });
    child.once("exit", (code) => {
      reject(new Error(`${name} ended with ${String(code)} before its first variant`));
    });
  });
}

function rowOf({ name, what }: Starter, rounds: readonly ReadonlyMap<string, Start>[]): ColdRow {
  const pairs = rounds.flatMap((round) => {
    const [own, floor] = [round.get(name), round.get(FLOOR)];
    return own && floor ? [{ own, floor }] : [];
  });
  const own = pairs.map((pair) => pair.own);
  const firsts = own.flatMap(({ firstMs }) => firstMs ?? []);
  const whole = ({ importMs, firstMs = 0 }: Start) => importMs + firstMs;
  const over = (of: (start: Start) => number) => spread(pairs.map((pair) => of(pair.own) / of(pair.floor)));
  return {
    name,
    what,
    nodeMs: median(own.map(({ nodeMs }) => nodeMs)),
    importMs: median(own.map(({ importMs }) => importMs)),
    cpuMs: median(own.map(({ cpuMs }) => cpuMs)),
    peakRssMb: median(own.map(({ peakRssMb }) => peakRssMb)),
    ...(firsts.length > 0 ? { firstMs: median(firsts) } : {}),
    ...(name === FLOOR
      ? {}
      : {
          importOver: over(({ importMs }) => importMs),
          ...(firsts.length > 0
            ? {
                firstOver: over(whole),
                startOver: over((start) => start.nodeMs + whole(start)),
                cpuOver: over(({ cpuMs }) => cpuMs),
              }
            : {}),
        }),
  };
}

function partsOf(rounds: readonly ReadonlyMap<string, Start>[]): Part[] {
  const all = rounds.flatMap((round) => round.get(PARTS)?.parts ?? []);
  return [...new Set(all.map(({ name }) => name))].map((name) => {
    const same = all.filter((part) => part.name === name);
    return {
      name,
      wallMs: median(same.map(({ wallMs }) => wallMs)),
      cpuMs: median(same.map(({ cpuMs }) => cpuMs)),
    };
  });
}
