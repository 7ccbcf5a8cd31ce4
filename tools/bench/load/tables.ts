import type { Result } from "../lib/bench";
import { conditionsLine } from "../lib/conditions";
import { milliseconds, percent, spreadText, table } from "../lib/markdown";
import type { LoadMeasured } from "./run";
import { SCENARIOS } from "./scenarios";

const UNITS = { requests: "autocannon", clients: "redirects followed" } as const;

/** Returns the section of docs/benchmarks.md. */
export function section(result: Result<LoadMeasured>): string[] {
  const { rounds, seconds, connections, image, megapixels, latencyMs, autocannon, skipped } = result;
  return [
    conditionsLine(
      result,
      `${image} (${megapixels.toFixed(0)} megapixels), ${rounds} counted rounds of ${seconds} s for each kind of load, autocannon ${autocannon}`,
    ),
    "",
    `Always ${connections} connections, each with its next request as soon as it has the last response:`,
    "",
    ...SCENARIOS.map(({ name, what, unit }) => `- _${name}_: ${what} (${UNITS[unit]}).`),
    "",
    "Ratios pair turns of the same round: the median, with the least and the greatest. _redirect again_ is the same stack once more: " +
      "smaller differences are noise. Clients, stack and function share this machine's processors. Times are of expected responses; " +
      "everything else is an error.",
    "",
    loadTable(result),
    "",
    `A single client's time to an image, ${latencyMs} ms added before each of its requests, as if the CDN and the API were so far away. Its ` +
      "connections are open; a client that has none yet needs two more round trips to each host for TCP and TLS 1.3.",
    "",
    viewTable(result),
    "",
    ...(skipped.length === 0
      ? []
      : [`Left out: ${skipped.map(({ name, reason }) => `${name} (${reason})`).join("; ")}.`, ""]),
  ];
}

function loadTable({ rows }: LoadMeasured): string {
  return table(
    [
      ...["", "delivery", "responses a second", "over redirect", "p50 ms", "p95", "p99", "p50 over redirect"],
      ...["requests each", "hit ratio", "errors", "responses"],
    ],
    rows.map((row) => [
      row.scenario,
      row.contender,
      row.perSecond.median.toFixed(row.perSecond.median < 100 ? 1 : 0),
      spreadText(row.perSecondOver),
      ...[row.ms?.median, row.ms?.p95, row.ms?.p99].map(milliseconds),
      spreadText(row.msOver),
      row.requests.toFixed(2),
      percent(row.hitRatio),
      String(row.errors),
      String(row.answers),
    ]),
  );
}

function viewTable({ views }: LoadMeasured): string {
  return table(
    ["", "delivery", "p50 ms", "p95", "p50 over redirect", "requests", "bytes, median", "errors", "images"],
    views.map((row) => [
      row.what,
      row.contender,
      ...[row.ms?.median, row.ms?.p95].map(milliseconds),
      spreadText(row.msOver),
      row.requests.toFixed(2),
      row.bytes.toFixed(0),
      String(row.errors),
      String(row.views),
    ]),
  );
}
