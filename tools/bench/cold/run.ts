import path from "node:path";
import { ROOT } from "@image-resizer/lib/root";
import { variantKey } from "../../../functions/variant-key";
import type { Session } from "../lib/bench";
import { bundle, startChild } from "../lib/child";
import { middleOf, openImages } from "../lib/images";
import { specOf } from "../lib/resize";
import { compare, median, playRounds, type Turn } from "../lib/rounds";
import { openStackStore } from "../lib/stack-store";
import type { Start } from "./starter";

export { section } from "./report";

const SPEC = "640w";
const FLOOR = "sharp alone";
/** The handler once more, with marks: a process of its own, so that they cost the other nothing. */
const PARTS = "handler, in parts";

/** Measurement of `npm run bench:cold`. */
export type ColdMeasured = NonNullable<Awaited<ReturnType<typeof run>>>;

/** Starts a fresh process of each kind in turns. */
export async function run(
  options: { readonly images?: string | undefined; readonly starts: number },
  session: Session,
) {
  const images = await openImages(options.images);
  const { name: key, file } = middleOf(images);
  const store = await openStackStore([SPEC], images.folder);
  const module = bundle(path.join(__dirname, "starter.ts"));
  const contenders = startersOf(store.bundle);
  try {
    const plan = { contenders, tasks: [SPEC], rounds: options.starts };
    const { turns, rounds } = await playRounds(plan, session, async ({ name, kind, loads = "" }) => {
      const what = { STARTER: kind, MODULE: loads, KEY: key, SPEC, ORIGINAL: file };
      const child = await startChild<never, never, Start>(name, module, {
        environment: { ...store.environment, ...what },
      });
      await child.end();
      await store.remove(variantKey(key, specOf(SPEC)));
      return child.started;
    });
    if (rounds === 0) return undefined;
    return {
      complete: rounds === options.starts,
      image: key,
      spec: SPEC,
      starts: rounds,
      rows: contenders.filter(({ name }) => name !== PARTS).map(({ name, what }) => rowOf(name, what, turns)),
      parts: partsOf(turns),
    };
  } finally {
    await store.close();
  }
}

interface Starter {
  readonly name: string;
  readonly what: string;
  readonly kind: "sharp" | "module" | "handler" | "parts";
  /** File that it loads. */
  readonly loads?: string;
}

function startersOf(handler: string): readonly Starter[] {
  const sharp = { name: FLOOR, what: "sharp, and the original from its file", kind: "sharp" } as const;
  return [
    sharp,
    { ...sharp, name: `${FLOOR} again`, what: "the same once more: the difference between two alike" },
    {
      name: "S3 client alone",
      what: "the parts of the SDK that the resizer uses, bundled; makes nothing",
      kind: "module",
      loads: bundle(path.join(__dirname, "s3-client.ts")),
    },
    { name: "handler", what: "the resizer's bundle, against a local S3", kind: "handler", loads: handler },
    {
      name: "handler, unbundled",
      what: "the same with its packages from node_modules",
      kind: "handler",
      loads: bundle(path.join(ROOT, "functions/resizer/index.ts"), "apart"),
    },
    { name: PARTS, what: "the resizer's bundle, with a mark wherever a part ends", kind: "parts", loads: handler },
  ];
}

/** Returns the medians of a starter, and its ratios to sharp alone: of loading, and of all up to the first variant. */
function rowOf(name: string, what: string, turns: readonly (Start & Turn)[]) {
  const { own, over } = compare(turns, name, FLOOR);
  const of = (value: (start: Start) => number) => median(own.map(value));
  const overFloor = (value: (start: Start) => number) => over((starts) => median(starts.map(value)));
  const both = ({ importMs, firstMs = NaN }: Start) => importMs + firstMs;
  const makesVariant = own.some(({ firstMs }) => firstMs !== undefined);
  return {
    name,
    what,
    nodeMs: of(({ nodeMs }) => nodeMs),
    importMs: of(({ importMs }) => importMs),
    firstMs: makesVariant ? of(({ firstMs = NaN }) => firstMs) : undefined,
    cpuMs: of(({ cpuMs }) => cpuMs),
    peakRssMb: of(({ peakRssMb }) => peakRssMb),
    importOver: overFloor(({ importMs }) => importMs),
    firstOver: overFloor(both),
    startOver: overFloor((start) => start.nodeMs + both(start)),
    cpuOver: makesVariant ? overFloor(({ cpuMs }) => cpuMs) : undefined,
  };
}

function partsOf(turns: readonly Start[]) {
  const all = turns.flatMap(({ parts }) => parts);
  return [...new Set(all.map(({ name }) => name))].map((name) => {
    const same = all.filter((part) => part.name === name);
    return { name, wallMs: median(same.map(({ wallMs }) => wallMs)), cpuMs: median(same.map(({ cpuMs }) => cpuMs)) };
  });
}
