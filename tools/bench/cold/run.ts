import path from "node:path";
import { ROOT } from "@image-resizer/lib/root";
import { variantKey } from "../../../functions/variant-key";
import type { Result, Session } from "../lib/bench";
import { bundle } from "../lib/bundle";
import { Child } from "../lib/child";
import { conditionsLine } from "../lib/conditions";
import { middleOf, openImages } from "../lib/images";
import { paragraphs, spreadText, table } from "../lib/markdown";
import { specOf } from "../lib/resize";
import { playRounds } from "../lib/rounds";
import { openStackStore } from "../lib/stack-store";
import { median, ratioToFloor, type Turn } from "../lib/statistics";
import type { Start } from "./starter";

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
    const { turns, rounds } = await playRounds(plan, session, async (starter) => {
      const environment = { ...store.environment, KEY: key, SPEC, ORIGINAL: file, ...starter.environment };
      const child = await Child.start<never, never, Start>(starter.name, module, { environment });
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

function startersOf(handlerBundle: string) {
  const unbundled = bundle(path.join(ROOT, "functions/resizer/index.ts"), { packages: "apart" });
  const client = bundle(path.join(__dirname, "s3-client.ts"));
  const starter = (name: string, what: string, kind: string, module = "") => ({
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

/** Returns the medians of a starter, and its ratios to sharp alone: of loading, and of all up to the first variant. */
function rowOf(name: string, what: string, turns: readonly (Start & Turn)[]) {
  const own = turns.filter(({ contender }) => contender === name);
  const of = (value: (start: Start) => number) => median(own.map(value));
  const over = (value: (start: Start) => number) =>
    ratioToFloor(turns, name, FLOOR, (ofRound) => median(ofRound.map(value)));
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
    importOver: over(({ importMs }) => importMs),
    firstOver: over(both),
    startOver: over((start) => start.nodeMs + both(start)),
    cpuOver: makesVariant ? over(({ cpuMs }) => cpuMs) : undefined,
  };
}

function partsOf(turns: readonly Start[]) {
  const all = turns.flatMap(({ parts }) => parts);
  return [...new Set(all.map(({ name }) => name))].map((name) => {
    const same = all.filter((part) => part.name === name);
    return {
      name,
      wallMs: median(same.map(({ wallMs }) => wallMs)),
      cpuMs: median(same.map(({ cpuMs }) => cpuMs)),
    };
  });
}

export function section(result: Result<ColdMeasured>): string {
  const { image, spec, starts, rows, parts } = result;
  const ms = (value: number | undefined, digits = 0) => value?.toFixed(digits) ?? "–";
  const handler = rows.find(({ name }) => name === "handler");
  return paragraphs(
    conditionsLine(result, `${image} at ${spec}, ${starts} starts of each`),
    "Milliseconds in the median; ratios start by start, with the least and the greatest:",
    table(
      [
        ...["", "Node", "loading", "first variant", "CPU", "loading over sharp", "both over sharp"],
        ...["from the start over sharp", "CPU over sharp", "peak RSS", "process"],
      ],
      rows.map((row) => [
        row.name,
        ...[row.nodeMs, row.importMs, row.firstMs, row.cpuMs].map((value) => ms(value)),
        spreadText(row.importOver),
        ...[row.firstOver, row.startOver, row.cpuOver].map((ratio) => (row.firstMs ? spreadText(ratio) : "–")),
        `${row.peakRssMb.toFixed(0)} MB`,
        row.what,
      ]),
    ),
    "Parts of the handler's first variant, in processes of their own, milliseconds in the median:",
    table(
      ["part", "wall", "CPU"],
      [
        ["Node itself", ms(handler?.nodeMs, 1), "–"],
        ["loading of the bundle, with sharp's library", ms(handler?.importMs, 1), "–"],
        ...parts.map(({ name, wallMs, cpuMs }) => [name, ms(wallMs, 1), ms(cpuMs, 1)]),
      ],
    ),
  );
}
