import type { Result } from "../lib/bench";
import { conditionsLine } from "../lib/conditions";
import { leftOut, milliseconds, paragraphs, percent, spreadText, table } from "../lib/markdown";
import type { LoadMeasured } from "./run";
import type { LoadRow } from "./summary";

type Column = readonly [head: string, cell: (row: LoadRow) => string];

const SCENARIO: Column = ["", ({ scenario }) => scenario];
const DELIVERY: Column = ["delivery", ({ contender }) => contender];
const P50: Column = ["p50 ms", ({ ms }) => milliseconds(ms?.median)];
const P95: Column = ["p95", ({ ms }) => milliseconds(ms?.p95)];
const P99: Column = ["p99", ({ ms }) => milliseconds(ms?.p99)];
const P50_OVER: Column = ["p50 over redirect", ({ msOver }) => spreadText(msOver)];
const REQUESTS: Column = ["requests each", ({ requests }) => requests.toFixed(2)];
const ERRORS: Column = ["errors", ({ errors }) => String(errors)];
const RESPONSES: Column = ["responses", ({ answers }) => String(answers)];
const PER_SECOND: Column = ["responses a second", ({ perSecond: { median } }) => median.toFixed(median < 100 ? 1 : 0)];
const PER_SECOND_OVER: Column = ["over redirect", ({ perSecondOver }) => spreadText(perSecondOver)];
const HIT_RATIO: Column = ["hit ratio", ({ hitRatio }) => percent(hitRatio)];
const BYTES: Column = ["bytes, median", ({ bytes }) => bytes.toFixed(0)];

export function section(result: Result<LoadMeasured>): string {
  const { rounds, seconds, connections, image, megapixels, latencyMs, autocannon, skipped, rows, views } = result;
  return paragraphs(
    conditionsLine(
      result,
      `${image} (${megapixels.toFixed(0)} megapixels), ${connections} connections, ${rounds} counted rounds of ${seconds} s for each ` +
        `kind of load, autocannon ${autocannon}`,
    ),
    tableOf(
      rows,
      ...[SCENARIO, DELIVERY, PER_SECOND, PER_SECOND_OVER, P50, P95, P99, P50_OVER],
      ...[REQUESTS, HIT_RATIO, ERRORS, RESPONSES],
    ),
    `A single client's time to an image, with ${latencyMs} ms before each of its requests:`,
    tableOf(views, SCENARIO, DELIVERY, P50, P95, P50_OVER, REQUESTS, BYTES, ERRORS, RESPONSES),
    leftOut(skipped),
  );
}

function tableOf(rows: readonly LoadRow[], ...columns: readonly Column[]): string {
  return table(
    columns.map(([head]) => head),
    rows.map((row) => columns.map(([, cell]) => cell(row))),
  );
}
