import { describeMachine } from "../kit/machine";
import { percent, spreadText, table } from "../kit/markdown";
import { barChart } from "../kit/svg-chart";
import type { LoadResult, ViewRow } from "./result";
import { SCENARIOS } from "./scenarios";

/** The tables of a run, as Markdown. */
export function loadTables({ rows, views, skipped, latencyMs }: LoadResult): string[] {
  return [
    table(
      [
        ...["", "delivery", "answers a second", "over redirect", "p50 ms", "p95", "p99", "p50 over redirect"],
        ...["requests each", "hit ratio", "errors", "answers"],
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
    ),
    "",
    `A lone viewer's time to the picture, ${latencyMs} ms added to each of its requests:`,
    "",
    table(
      ["", "delivery", "p50 ms", "p95", "p50 over redirect", "requests", "bytes, median", "errors", "pictures"],
      views.map((row) => [
        row.what,
        row.contender,
        milliseconds(row.ms?.median),
        milliseconds(row.ms?.p95),
        spreadText(row.msOver),
        row.requests.toFixed(2),
        row.bytes.toFixed(0),
        String(row.errors),
        String(row.views),
      ]),
    ),
    ...(skipped.length === 0
      ? []
      : ["", `Not in it: ${skipped.map(({ name, reason }) => `photograph ${name} (${reason})`).join("; ")}.`]),
  ];
}

/** The part of the performance page, with its plots. */
export function loadPage(result: LoadResult): { lines: string[]; plots: Record<string, string> } {
  const { machine, startedAt, complete, note, rounds, seconds, connections, photograph, megapixels, latencyMs } =
    result;
  return {
    lines: [
      "## Under load, in both deliveries",
      "",
      "`npm run bench:load`: the local stack of `prod`, a process of its own for each delivery, in turns; the throttle is lifted.",
      "",
      `${photograph} (${megapixels.toFixed(0)} megapixels), ${rounds} counted rounds of ${seconds} s for each kind of load` +
        `${complete ? "" : " (**partial: the run was stopped**)"}. ${describeMachine(machine)}. ${startedAt.slice(0, 10)}.` +
        (note === undefined ? "" : ` ${note}`),
      "",
      `Always ${connections} connections, each with its next request as soon as the last one is answered:`,
      "",
      ...SCENARIOS.map(({ name, what, unit }) => `- *${name}*: ${what} (${TOOLS[unit]}).`),
      "",
      "Ratios are the result: turns of the same round paired, the median, and the least and greatest. *redirect again* is the " +
        "same stack once more: what differs by less is noise. Load generator, stack and function share this machine's " +
        "processors, and a local CDN, API and bucket say nothing of how fast AWS's are: absolute numbers are this machine's. " +
        "Times are of expected answers; everything else is an error.",
      "",
      ...loadTables(result),
      "",
      "The latency is simulated: the viewer waits so long before each request that it makes, to the CDN and to the API alike, " +
        "as if each answer came from so far away. Its connections are open. A viewer that has none to a host yet pays for " +
        "TCP and TLS 1.3 two more round trips, in *redirect* to the CDN and to the API. Each picture is one of the stack's " +
        "sizes, a size as often as the next, in the original's format.",
      "",
      "![Time to the picture](performance-picture.svg)",
      "",
      "![Answers a second](performance-load.svg)",
      "",
    ],
    plots: {
      "performance-picture.svg": barChart({
        title: `Time to the picture, ${latencyMs} ms added to each request, median`,
        text: (value) => `${value.toFixed(0)} ms`,
        bars: result.views.map(({ what, contender, ms }) => ({
          name: `${what}, ${contender}`,
          value: ms?.median ?? 0,
        })),
      }),
      "performance-load.svg": barChart({
        title: "Answers a second over redirect's, median of the rounds",
        text: (value) => value.toFixed(2),
        bars: result.rows.flatMap(({ scenario, contender, perSecondOver }) =>
          perSecondOver ? [{ name: `${scenario}, ${contender}`, value: perSecondOver.median }] : [],
        ),
      }),
    },
  };
}

/** What the numbers say to somebody who has to choose a stack's delivery. */
export function loadChoices({ rows, views, latencyMs }: LoadResult): string[] {
  const view = (what: ViewRow["what"], contender: string) =>
    views.find((row) => row.what === what && row.contender === contender);
  const wait = (row: ViewRow | undefined) => `${milliseconds(row?.ms?.median)} ms`;
  const first = (contender: string) => {
    const miss = view("miss", contender);
    return `${wait(miss)} with *${contender}* (requests: ${miss?.requests.toFixed(0) ?? "none"})`;
  };
  // A difference is one where it is larger than what the same delivery shows against itself.
  const over = (scenario: string) => {
    const ratio = (contender: string) =>
      rows.find((row) => row.scenario === scenario && row.contender === contender)?.perSecondOver;
    const [other, again] = [ratio("failover"), ratio("redirect again")];
    const numbers = `${spreadText(other)} times *redirect*'s, which against itself was ${spreadText(again)}`;
    const apart = other && again && (other.low > again.high || other.high < again.low);
    return apart
      ? `${scenario} came in at ${numbers}`
      : `${scenario} show no difference that this run can tell (${numbers})`;
  };
  return [
    `- *Delivery*, for viewers: with ${latencyMs} ms to the CDN and to the API the first viewer of a variant waits ` +
      `${first("redirect")} and ${first("failover")}; everybody after that ${wait(view("hit", "redirect"))} and ` +
      `${wait(view("hit", "failover"))}. Take *failover* where round trips are long or most pictures are seen once, and where ` +
      "the bucket has to be private; *redirect* where variants are above 4.7 MB or others use the website.",
    `- *Delivery*, for load: in a second of *failover* ${over("hits")}; ${over("misses")}. Misses are what bounds ` +
      "a stack, and the function's work for one is the same in both deliveries.",
  ];
}

const TOOLS = { requests: "autocannon; one request each", viewers: "redirects followed" } as const;

function milliseconds(value: number | undefined): string {
  return value === undefined ? "–" : value.toFixed(value < 10 ? 1 : 0);
}
