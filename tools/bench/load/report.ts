import { conditionsLine, type Result } from "../lib/bench";
import { type Column, milliseconds, paragraphs, percent, spreadText, table } from "../lib/markdown";
import { compare, mean, median, quantile, spread, type Turn } from "../lib/rounds";
import type { Load } from "./clients";
import type { LoadMeasured } from "./run";

/** Turn of a contender at a kind of load. */
export interface LoadTurn extends Load, Turn {
  readonly scenario: string;
}

/**
 * Row of a contender at a kind of load, all counted rounds together: what was answered as expected, and its ratios to the
 * floor. Errors, everything else, are part of no other number.
 */
type LoadRow = ReturnType<typeof rowsOf>[number];

/** Returns rows: kinds of load in the order of their first turn, contenders in the given one, of which the first is the floor. */
export function rowsOf(turns: readonly LoadTurn[], contenders: readonly string[]) {
  const [floor = ""] = contenders;
  const scenarios = [...new Set(turns.map(({ scenario }) => scenario))];
  const pairs = scenarios.flatMap((scenario) => contenders.map((contender) => ({ scenario, contender })));
  return pairs.map(({ scenario, contender }) => {
    const here = turns.filter((turn) => turn.scenario === scenario);
    const { own, over } = compare(here, contender, floor);
    const observed = own.flatMap((turn) => turn.observed);
    const answered = observed.filter(({ ok }) => ok);
    const times = answered.map(({ ms }) => ms);
    return {
      scenario,
      contender,
      answers: answered.length,
      errors: observed.length - answered.length,
      perSecond: spread(own.map(perSecond)),
      ms:
        times.length === 0
          ? undefined
          : { median: median(times), p95: quantile(times, 0.95), p99: quantile(times, 0.99) },
      requests: mean(answered.map(({ requests }) => requests)),
      hitRatio: mean(answered.map(({ hit }) => (hit ? 1 : 0))),
      bytes: median(answered.map(({ bytes }) => bytes)),
      perSecondOver: over(([turn]) => (turn ? perSecond(turn) : NaN)),
      msOver: over(([turn]) => median(turn?.observed.flatMap(({ ok, ms }) => (ok ? ms : [])) ?? [])),
    };
  });
}

function perSecond({ observed, seconds }: Load): number {
  return observed.filter(({ ok }) => ok).length / seconds;
}

type LoadColumn = Column<LoadRow>;

export function section(result: Result<LoadMeasured>): string {
  const { rounds, seconds, connections, image, megapixels, latencyMs, autocannon, rows, views } = result;
  const names: LoadColumn[] = [
    ["", ({ scenario }) => scenario],
    ["delivery", ({ contender }) => contender],
  ];
  const p50: LoadColumn = ["p50 ms", ({ ms }) => milliseconds(ms?.median)];
  const p95: LoadColumn = ["p95", ({ ms }) => milliseconds(ms?.p95)];
  const p50Over: LoadColumn = ["p50 over redirect", ({ msOver }) => spreadText(msOver)];
  const requests: LoadColumn = ["requests each", (row) => row.requests.toFixed(2)];
  const counts: LoadColumn[] = [
    ["errors", ({ errors }) => String(errors)],
    ["responses", ({ answers }) => String(answers)],
  ];
  return paragraphs(
    conditionsLine(
      result,
      `${image} (${megapixels.toFixed(0)} megapixels), ${connections} connections, ${rounds} counted rounds of ${seconds} s for each ` +
        `kind of load, autocannon ${autocannon}`,
    ),
    table(
      rows,
      ...names,
      ["responses a second", ({ perSecond: each }) => each.median.toFixed(each.median < 100 ? 1 : 0)],
      ["over redirect", ({ perSecondOver }) => spreadText(perSecondOver)],
      ...[p50, p95],
      ["p99", ({ ms }) => milliseconds(ms?.p99)],
      ...[p50Over, requests],
      ["hit ratio", ({ hitRatio }) => percent(hitRatio)],
      ...counts,
    ),
    `A single client's time to an image, with ${latencyMs} ms before each of its requests:`,
    table(
      views,
      ...[...names, p50, p95, p50Over, requests],
      ["bytes, median", ({ bytes }) => bytes.toFixed(0)],
      ...counts,
    ),
  );
}
