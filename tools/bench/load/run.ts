import { version } from "autocannon/package.json";
import type { Measured, Session } from "../lib/bench";
import { middleOf, openImages, type Unreadable } from "../lib/images";
import { loadOfRequests } from "./autocannon";
import { Client, loadOfClients, type View } from "./client";
import { type Scenario, SCENARIOS } from "./scenarios";
import { startSubjects, type Subject, type Subjects } from "./subject";
import {
  type Contender,
  loadRows,
  type LoadRow,
  type LoadTurn,
  viewRows,
  type ViewRow,
  type ViewTurn,
} from "./summary";

export { section } from "./tables";

const CONTENDERS: readonly Contender[] = [
  { name: "redirect", delivery: "redirect" },
  { name: "failover", delivery: "failover" },
  { name: "redirect again", delivery: "redirect" },
];
/** Length of the turns in the round that is not counted, in which everything starts that starts once. */
const WARM_UP_SECONDS = 0.5;
/** More misses a second than any machine has. */
const MAX_MISSES_PER_SECOND = 2000;

export interface LoadBenchOptions {
  readonly images?: string | undefined;
  /** Length of each kind of load in a round. */
  readonly seconds: number;
  readonly connections: number;
  readonly rounds: number;
  /** Added before each request of a single client, milliseconds. */
  readonly latency: number;
}

/** Measurement of `npm run bench:load`. */
export interface LoadMeasured extends Measured {
  readonly image: string;
  readonly megapixels: number;
  /** Images that are left out, with the reason. */
  readonly skipped: readonly Unreadable[];
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly latencyMs: number;
  readonly autocannon: string;
  readonly rows: readonly LoadRow[];
  readonly views: readonly ViewRow[];
}

interface Round {
  readonly loads: LoadTurn[];
  readonly views: ViewTurn[];
}

/**
 * Loads the prod stack in both deliveries with each kind of load, in turns, round after round; the first only warms up.
 * @param start starts the stacks
 */
export async function run(
  options: LoadBenchOptions,
  session: Session,
  start: (folder: string, file: string) => Promise<Subjects> = startSubjects,
): Promise<LoadMeasured | undefined> {
  const { seconds, connections, latency, rounds } = options;
  const images = await openImages(options.images);
  const image = middleOf(images);
  const subjects = await start(images.folder, image.file);
  const progress = session.progress((rounds + 1) * (SCENARIOS.length + 1) * CONTENDERS.length, "turns");
  const played: Round[] = [];
  let turns = 0;
  try {
    for (let round = 0; round <= rounds && !session.stopped(); round++) {
      const lasting = round === 0 ? Math.min(seconds, WARM_UP_SECONDS) : seconds;
      const one = await playRound(round, subjects, { ...options, seconds: lasting }, session.stopped, (what) => {
        progress.update(turns++, what);
      });
      if (one && round > 0) played.push(one);
    }
  } finally {
    progress.stop();
    await subjects.end();
  }
  if (played.length === 0) return undefined;
  return {
    complete: played.length === rounds,
    image: image.name,
    megapixels: image.megapixels,
    skipped: images.unreadable,
    rounds: played.length,
    seconds,
    connections,
    latencyMs: latency,
    autocannon: version,
    rows: loadRows(
      played.flatMap(({ loads }) => loads),
      CONTENDERS,
    ),
    views: viewRows(
      played.flatMap(({ views }) => views),
      CONTENDERS,
    ),
  };
}

/** Plays every contender's turn at every scenario; undefined if it was stopped on the way. */
async function playRound(
  round: number,
  subjects: Subjects,
  { seconds, connections, latency }: LoadBenchOptions,
  stopped: () => boolean,
  next: (what: string) => void,
): Promise<Round | undefined> {
  const { loads, views }: Round = { loads: [], views: [] };
  // Every contender has every place in the order equally often.
  const first = round % CONTENDERS.length;
  const contenders = [...CONTENDERS.slice(first), ...CONTENDERS.slice(0, first)];
  for (const scenario of SCENARIOS) {
    for (const contender of contenders) {
      if (stopped()) return undefined;
      next(`${scenario.name}, ${contender.name}`);
      const subject = subjects.of(contender.delivery, scenario.validateAtEdge);
      const turn = await load(subject, scenario, { connections, seconds, stopped });
      loads.push({ ...turn, what: scenario.name, contender, round });
    }
  }
  for (const contender of contenders) {
    if (stopped()) return undefined;
    next(`single client, ${contender.name}`);
    const { miss, hit } = await viewSizes(subjects.of(contender.delivery, true), latency);
    views.push({ what: "miss", contender, round, views: miss }, { what: "hit", contender, round, views: hit });
  }
  return stopped() ? undefined : { loads, views };
}

async function load(subject: Subject, { cycle, unit }: Scenario, options: Parameters<typeof loadOfClients>[1]) {
  const next = await subject.supply(cycle, options.seconds * MAX_MISSES_PER_SECOND);
  return unit === "requests" ? loadOfRequests(subject.cdn, next, options) : loadOfClients(next, options);
}

/** Views one original at every size, first as misses, then again; a client whose connections are open before. */
async function viewSizes(
  subject: Subject,
  latencyMs: number,
): Promise<{ readonly miss: readonly View[]; readonly hit: readonly View[] }> {
  const [opener] = await subject.missing(1);
  const variants = await subject.missing(subject.sizes.length);
  const client = new Client(latencyMs);
  const [miss, hit]: [View[], View[]] = [[], []];
  if (opener) await client.view(opener);
  for (const variant of variants) miss.push(await client.view(variant));
  for (const variant of variants) hit.push(await client.view(variant));
  client.close();
  return { miss, hit };
}
