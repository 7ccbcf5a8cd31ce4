import { version } from "autocannon/package.json";
import type { Delivery } from "../../../functions/resizer/settings";
import type { Session } from "../lib/bench";
import { middleOf, openImages } from "../lib/images";
import { playRounds, sum } from "../lib/rounds";
import { Client, type Load, loadOfClients, loadOfRequests } from "./clients";
import { type LoadTurn, rowsOf } from "./report";
import { type Kind, startSubjects, type Subject } from "./subject";

export { section } from "./report";

/** A kind of load. */
interface Scenario {
  readonly name: string;
  /**
   * Source of the requests: `autocannon` for what is one request in every delivery; `clients` follow redirects, and the whole
   * way to a response is counted and timed.
   */
  readonly from: "autocannon" | "clients";
  /** Requested in this order, over and over. */
  readonly cycle: readonly Kind[];
  readonly validateAtEdge: boolean;
}

/** Of 50 in a row, spread out: 90 % hits, 8 % misses and 2 % requests that are rejected. */
const MIX = Array.from({ length: 50 }, (_, at): Kind => (at % 10 > 0 ? "hit" : at < 40 ? "miss" : "rejected"));

export const SCENARIOS: readonly Scenario[] = [
  { name: "hits", from: "autocannon", cycle: ["hit"], validateAtEdge: true },
  { name: "misses", from: "clients", cycle: ["miss"], validateAtEdge: true },
  { name: "rejected at the edge", from: "autocannon", cycle: ["rejected"], validateAtEdge: true },
  { name: "rejected by the function", from: "clients", cycle: ["rejected"], validateAtEdge: false },
  { name: "a mix", from: "clients", cycle: MIX, validateAtEdge: true },
];

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

interface LoadBenchOptions {
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

/** Loads the prod stack in both deliveries with each kind of load, round after round. */
export async function run(
  { images: folder, seconds, connections, rounds, latency }: LoadBenchOptions,
  session: Session,
) {
  const images = await openImages(folder);
  const image = middleOf(images);
  const subjects = await startSubjects(images.folder, image.file);
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
    const rows = (of: readonly LoadTurn[]) =>
      rowsOf(
        of,
        CONTENDERS.map(({ name }) => name),
      );
    return {
      complete: played.rounds === rounds,
      image: image.name,
      megapixels: image.megapixels,
      rounds: played.rounds,
      seconds,
      connections,
      latencyMs: latency,
      autocannon: version,
      rows: rows(turns.filter(isScenario)),
      views: rows(turns.filter((turn) => !isScenario(turn))),
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
  const viewAll = async (scenario: string) => {
    const observed: Load["observed"][number][] = [];
    for (const variant of variants) observed.push(await client.view(variant));
    return { scenario, observed, seconds: sum(observed.map(({ ms }) => ms)) / 1000 };
  };
  const loads = [await viewAll("miss"), await viewAll("hit")];
  client.close();
  return loads;
}
