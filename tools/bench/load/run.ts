import { version } from "autocannon/package.json";
import type { Delivery } from "../../../functions/resizer/settings";
import type { Session } from "../lib/bench";
import { middleOf, openImages } from "../lib/images";
import { playRounds } from "../lib/rounds";
import { loadOfRequests } from "./autocannon";
import { Client, type Load, loadOfClients, type Observed } from "./client";
import { type Scenario, SCENARIOS } from "./scenarios";
import { startSubjects, type Subject, type Subjects } from "./subject";
import { type LoadTurn, rowsOf } from "./summary";

export { section } from "./tables";

const CONTENDERS: readonly { readonly name: string; readonly delivery: Delivery }[] = [
  { name: "redirect", delivery: "redirect" },
  { name: "failover", delivery: "failover" },
  { name: "redirect again", delivery: "redirect" },
];
/** Task of a single client, as a miss and as a hit. */
const SINGLE_CLIENT = "single client";
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
export type LoadMeasured = NonNullable<Awaited<ReturnType<typeof run>>>;

/**
 * Loads the prod stack in both deliveries with each kind of load, round after round.
 * @param start starts the stacks
 */
export async function run(
  { images: folder, seconds, connections, rounds, latency }: LoadBenchOptions,
  session: Session,
  start: (folder: string, file: string) => Promise<Subjects> = startSubjects,
) {
  const images = await openImages(folder);
  const image = middleOf(images);
  const subjects = await start(images.folder, image.file);
  try {
    const plan = { contenders: CONTENDERS, tasks: [...SCENARIOS, SINGLE_CLIENT] as const, rounds };
    const played = await playRounds(plan, session, async ({ delivery }, task, isWarmUp) => {
      if (typeof task === "string") return { loads: await viewSizes(subjects.of(delivery, true), latency) };
      const lasting = isWarmUp ? Math.min(seconds, WARM_UP_SECONDS) : seconds;
      const options = { connections, seconds: lasting, stopped: session.stopped };
      const load = await loadWith(subjects.of(delivery, task.validateAtEdge), task, options);
      return { loads: [{ ...load, scenario: task.name }] };
    });
    if (played.rounds === 0) return undefined;
    const turns = played.turns.flatMap(({ loads, ...turn }) => loads.map((load): LoadTurn => ({ ...turn, ...load })));
    const isScenario = ({ scenario }: LoadTurn) => SCENARIOS.some(({ name }) => name === scenario);
    const names = CONTENDERS.map(({ name }) => name);
    return {
      complete: played.rounds === rounds,
      image: image.name,
      megapixels: image.megapixels,
      skipped: images.unreadable,
      rounds: played.rounds,
      seconds,
      connections,
      latencyMs: latency,
      autocannon: version,
      rows: rowsOf(turns.filter(isScenario), names),
      views: rowsOf(
        turns.filter((turn) => !isScenario(turn)),
        names,
      ),
    };
  } finally {
    await subjects.end();
  }
}

async function loadWith(subject: Subject, { cycle, from }: Scenario, options: Parameters<typeof loadOfClients>[1]) {
  const next = await subject.supply(cycle, options.seconds * MAX_MISSES_PER_SECOND);
  return from === "autocannon" ? loadOfRequests(subject.cdn, next, options) : loadOfClients(next, options);
}

/** Views one original at every size, first as misses, then again; a client whose connections are open before. */
async function viewSizes(subject: Subject, latencyMs: number): Promise<(Load & { readonly scenario: string })[]> {
  const [opener] = await subject.missing(1);
  const variants = await subject.missing(subject.sizes.length);
  const client = new Client(latencyMs);
  if (opener) await client.view(opener);
  const loads: (Load & { readonly scenario: string })[] = [];
  for (const scenario of ["miss", "hit"]) {
    const observed: Observed[] = [];
    for (const variant of variants) observed.push(await client.view(variant));
    loads.push({ scenario, observed, seconds: observed.reduce((all, { ms }) => all + ms / 1000, 0) });
  }
  client.close();
  return loads;
}
