import path from "node:path";
import { ROOT } from "@image-resizer/lib/root";
import { variantKey } from "../../../functions/variant-key";
import type { Measured, Result, Session } from "../lib/bench";
import { bundle } from "../lib/bundle";
import { Child } from "../lib/child";
import { conditionsLine } from "../lib/conditions";
import { middleOf, openImages } from "../lib/images";
import { spreadText, table } from "../lib/markdown";
import { specOf } from "../lib/resize";
import { openStackStore } from "../lib/stack-store";
import { median, type Spread, spread } from "../lib/statistics";
import type { Part, Start } from "./starter";

const SPEC = "640w";
/** Starts of each kind that are not counted: the first reads files that the system has not cached yet. */
const WARM_UP = 1;
const FLOOR = "sharp alone";
/** The handler once more, with marks: a process of its own, so that they cost the other nothing. */
const PARTS = "handler, in parts";

/** Fresh processes of one kind: medians in milliseconds of wall time. */
export interface ColdRow extends Omit<Start, "parts"> {
  readonly name: string;
  readonly what: string;
  /** Loading over sharp's alone, and loading and first variant together over sharp's, start by start. */
  readonly importOver?: Spread;
  readonly firstOver?: Spread;
  /** The same from the start of the process, Node itself included, and in CPU time. */
  readonly startOver?: Spread;
  readonly cpuOver?: Spread;
}

/** Measurement of `npm run bench:cold`. */
export interface ColdMeasured extends Measured {
  /** Image and size of the first variant. */
  readonly image: string;
  readonly spec: string;
  /** Fresh processes of each kind. */
  readonly starts: number;
  readonly rows: readonly ColdRow[];
  /** Parts of the handler's first variant: medians. */
  readonly parts: readonly Part[];
}

interface Starter {
  readonly name: string;
  readonly what: string;
  readonly environment: Readonly<Record<string, string>>;
}

type Round = ReadonlyMap<string, Start>;

/** Starts a fresh process of each kind in turns. */
export async function run(
  options: { readonly images?: string | undefined; readonly starts: number },
  { progress: startProgress, stopped }: Session,
): Promise<ColdMeasured | undefined> {
  const images = await openImages(options.images);
  const { name: key, file } = middleOf(images);
  const store = await openStackStore([SPEC], images.folder);
  const variant = variantKey(key, specOf(SPEC));
  const module = bundle(path.join(__dirname, "starter.ts"));
  const starters = startersOf(store.bundle);
  const progress = startProgress((options.starts + WARM_UP) * starters.length, "processes");
  const rounds: Round[] = [];
  let done = 0;
  try {
    for (let round = 0; round < options.starts + WARM_UP && !stopped(); round++) {
      const ofRound = new Map<string, Start>();
      for (let turn = 0; turn < starters.length && !stopped(); turn++) {
        const starter = starters[(turn + round) % starters.length];
        if (!starter) continue;
        progress.update(done++, starter.name);
        const environment = { ...store.environment, KEY: key, SPEC, ORIGINAL: file, ...starter.environment };
        const child = await Child.start<never, never, Start>(starter.name, module, { environment });
        await child.end();
        ofRound.set(starter.name, child.started);
        await store.remove(variant);
      }
      if (round >= WARM_UP && ofRound.size === starters.length) rounds.push(ofRound);
    }
  } finally {
    progress.stop();
    await store.close();
  }
  if (rounds.length === 0) return undefined;
  return {
    complete: rounds.length === options.starts,
    image: key,
    spec: SPEC,
    starts: rounds.length,
    rows: starters.filter(({ name }) => name !== PARTS).map((starter) => rowOf(starter, rounds)),
    parts: partsOf(rounds),
  };
}

function startersOf(handlerBundle: string): Starter[] {
  const unbundled = bundle(path.join(ROOT, "functions/resizer/index.ts"), { packages: "apart" });
  const client = bundle(path.join(__dirname, "s3-client.ts"));
  const starter = (name: string, what: string, kind: string, module = ""): Starter => ({
    name,
    what,
    environment: { STARTER: kind, MODULE: module },
  });
  return [
    starter(FLOOR, "sharp, and the original from its file", "sharp"),
    starter(`${FLOOR} again`, "the same once more: the difference between two alike", "sharp"),
    starter("S3 client alone", "the parts of the SDK that the resizer uses, bundled; makes nothing", "module", client),
    starter("handler", "the resizer's bundle, against a local S3", "handler", handlerBundle),
    starter("handler, unbundled", "the same with its packages from node_modules", "handler", unbundled),
    starter(PARTS, "the resizer's bundle, with a mark wherever a part ends", "parts", handlerBundle),
  ];
}

function rowOf({ name, what }: Starter, rounds: readonly Round[]): ColdRow {
  const pairs = rounds.flatMap((round) => {
    const [own, floor] = [round.get(name), round.get(FLOOR)];
    return own && floor ? [{ own, floor }] : [];
  });
  const of = (value: (start: Start) => number) => median(pairs.map(({ own }) => value(own)));
  const over = (value: (start: Start) => number) => spread(pairs.map(({ own, floor }) => value(own) / value(floor)));
  const whole = ({ importMs, firstMs = 0 }: Start) => importMs + firstMs;
  const makesVariant = pairs.some(({ own }) => own.firstMs !== undefined);
  return {
    name,
    what,
    nodeMs: of(({ nodeMs }) => nodeMs),
    importMs: of(({ importMs }) => importMs),
    ...(makesVariant ? { firstMs: of(({ firstMs = NaN }) => firstMs) } : {}),
    cpuMs: of(({ cpuMs }) => cpuMs),
    peakRssMb: of(({ peakRssMb }) => peakRssMb),
    ...(name === FLOOR ? {} : { importOver: over(({ importMs }) => importMs) }),
    ...(name === FLOOR || !makesVariant
      ? {}
      : {
          firstOver: over(whole),
          startOver: over((start) => start.nodeMs + whole(start)),
          cpuOver: over(({ cpuMs }) => cpuMs),
        }),
  };
}

function partsOf(rounds: readonly Round[]): Part[] {
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

/** Returns the section of docs/benchmarks.md. */
export function section(result: Result<ColdMeasured>): string[] {
  const { image, spec, starts, rows, parts } = result;
  const ms = (value: number | undefined, digits = 0) => value?.toFixed(digits) ?? "–";
  const handler = rows.find(({ name }) => name === "handler");
  return [
    conditionsLine(result, `${image} at ${spec}, ${starts} starts of each`),
    "",
    "Milliseconds in the median; ratios start by start, with the least and the greatest. Lambda loads the function before the first " +
      "request; a client waits for both, and for Node itself. CPU is of the whole process.",
    "",
    table(
      [
        ...["", "Node", "loading", "first variant", "CPU", "loading over sharp", "both over sharp"],
        ...["from the start over sharp", "CPU over sharp", "peak RSS", "process"],
      ],
      rows.map((row) => {
        const ratio = (value: Spread | undefined) => (row.firstMs === undefined ? "–" : spreadText(value));
        return [
          row.name,
          ...[row.nodeMs, row.importMs, row.firstMs, row.cpuMs].map((value) => ms(value)),
          spreadText(row.importOver),
          ...[row.firstOver, row.startOver, row.cpuOver].map(ratio),
          `${row.peakRssMb.toFixed(0)} MB`,
          row.what,
        ];
      }),
    ),
    "",
    "Parts of the handler's first variant, in processes of their own, in milliseconds; S3 is on the same machine, and its time is in " +
      "the wall time:",
    "",
    table(
      ["part", "wall", "CPU"],
      [
        ["Node itself", ms(handler?.nodeMs, 1), "–"],
        ["loading of the bundle, with sharp's library", ms(handler?.importMs, 1), "–"],
        ...parts.map(({ name, wallMs, cpuMs }) => [name, ms(wallMs, 1), ms(cpuMs, 1)]),
      ],
    ),
    "",
  ];
}
