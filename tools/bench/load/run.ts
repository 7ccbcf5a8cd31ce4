import { version } from "autocannon/package.json";
import type { Interrupt } from "@image-resizer/lib/interrupt";
import { thisMachine } from "../kit/machine";
import { middleOf, type Photographs } from "../kit/photographs";
import { startProgress } from "../kit/progress";
import type { LoadArguments } from "./arguments";
import type { Burst, LoadOptions } from "./observed";
import { lookAtPictures } from "./pictures";
import { requestsFor } from "./requests";
import type { LoadResult } from "./result";
import { type Scenario, SCENARIOS } from "./scenarios";
import type { Subject } from "./subject";
import { startSubjects, type Subjects } from "./subjects";
import { type Contender, loadRows, type LoadTurn, viewRows, type ViewTurn } from "./summary";
import { viewersOf } from "./viewers";

const FLOOR = "redirect";
const CONTENDERS: readonly Contender[] = [
  { name: FLOOR, delivery: "redirect" },
  { name: "failover", delivery: "failover" },
  { name: `${FLOOR} again`, delivery: "redirect" },
];
/** The round that is not counted: everybody starts what they start once. */
const WARM_UP_SECONDS = 0.5;
/** More misses a second than any machine makes. */
const MAX_MISSES_PER_SECOND = 2000;

type Asked = Pick<LoadArguments, "seconds" | "connections" | "rounds" | "latencyMs" | "note">;

interface Round {
  readonly loads: LoadTurn[];
  readonly views: ViewTurn[];
}

/**
 * Both deliveries of the prod stack under each kind of load, in turns, a round after the other; the first only warms up.
 * @param start starts the stacks
 * @returns undefined if it was stopped before a counted round was complete
 */
export async function run(
  asked: Asked,
  photographs: Photographs,
  interrupt: Pick<Interrupt, "requested">,
  start = startSubjects,
): Promise<LoadResult | undefined> {
  const { seconds, connections, latencyMs, note } = asked;
  const photograph = middleOf(photographs);
  const machine = thisMachine();
  const startedAt = new Date().toISOString();
  const subjects = await start(photographs.folder, photograph.file);
  const progress = startProgress((asked.rounds + 1) * (SCENARIOS.length + 1) * CONTENDERS.length, "turns");
  const rounds: Round[] = [];
  let turns = 0;
  try {
    for (let round = 0; round <= asked.rounds && !interrupt.requested(); round++) {
      const lasting = round === 0 ? Math.min(seconds, WARM_UP_SECONDS) : seconds;
      const played = await playRound(round, subjects, { ...asked, seconds: lasting }, interrupt, (what) => {
        progress.update(turns++, what);
      });
      if (played && round > 0) rounds.push(played);
    }
  } finally {
    progress.stop();
    await subjects.end();
  }
  if (rounds.length === 0) return undefined;
  return {
    kind: "load",
    startedAt,
    complete: rounds.length === asked.rounds,
    machine: { ...machine, versions: { ...machine.versions, autocannon: version } },
    ...(note === undefined ? {} : { note }),
    photograph: photograph.name,
    megapixels: photograph.megapixels,
    skipped: photographs.unreadable,
    rounds: rounds.length,
    seconds,
    connections,
    latencyMs,
    rows: loadRows(
      rounds.flatMap(({ loads }) => loads),
      CONTENDERS,
    ),
    views: viewRows(
      rounds.flatMap(({ views }) => views),
      CONTENDERS,
    ),
  };
}

/** Everybody's turn at everything; undefined if it was stopped on the way. */
async function playRound(
  round: number,
  subjects: Subjects,
  { seconds, connections, latencyMs }: Asked,
  interrupt: Pick<Interrupt, "requested">,
  next: (what: string) => void,
): Promise<Round | undefined> {
  const { loads, views }: Round = { loads: [], views: [] };
  const options = { connections, seconds, stopped: () => interrupt.requested() };
  for (const scenario of SCENARIOS) {
    for (const contender of inTurn(round)) {
      if (interrupt.requested()) return undefined;
      next(`${scenario.name}, ${contender.name}`);
      const burst = await load(subjects.of(contender.delivery, scenario.edgeRefusals), scenario, options);
      loads.push({ ...burst, scenario: scenario.name, contender, round });
    }
  }
  for (const contender of inTurn(round)) {
    if (interrupt.requested()) return undefined;
    next(`pictures, ${contender.name}`);
    const { miss, hit } = await lookAtPictures(subjects.of(contender.delivery, true), latencyMs);
    views.push({ what: "miss", contender, round, views: miss }, { what: "hit", contender, round, views: hit });
  }
  return interrupt.requested() ? undefined : { loads, views };
}

/** Everybody has every place in the order as often. */
function inTurn(round: number): readonly Contender[] {
  const first = round % CONTENDERS.length;
  return [...CONTENDERS.slice(first), ...CONTENDERS.slice(0, first)];
}

async function load(subject: Subject, { cycle, unit }: Scenario, options: LoadOptions): Promise<Burst> {
  const next = await subject.supply(cycle, options.seconds * MAX_MISSES_PER_SECOND);
  return unit === "requests" ? requestsFor(subject.cdn, next, options) : viewersOf(next, options);
}
