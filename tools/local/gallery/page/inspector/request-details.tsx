import type { Hop } from "../../contract";
import { formatBytes } from "../../../format-bytes";
import { milliseconds, partColour, partName, readable } from "../format";
import { usePage } from "../state";
import { type Bar, Bars, CopyButton, Facts, Scroll, StatusChip } from "../ui";
import { curlLine, type Exchange, type Flow, spanOf } from "./flows";

const COLUMNS = ["Hop", "Step", "When", "Status", "Time", "Bytes"];

/** The hops, headers and log of each request of a flow, and the line that repeats it. */
export function RequestDetails({ flow }: { flow: Flow }) {
  const { stack } = usePage();
  const line = curlLine(flow, stack.urlOfHop);
  return (
    <div class="stack">
      {flow.exchanges.map((exchange, index) => (
        <ExchangeDetails key={exchange.id} {...{ flow, exchange, index }} />
      ))}
      {line !== undefined && (
        <div class="row">
          <code class="curl">{line}</code> <CopyButton name="Copy curl" text={line} />
        </div>
      )}
    </div>
  );
}

function ExchangeDetails({ flow, exchange, index }: { flow: Flow; exchange: Exchange; index: number }) {
  const { entry, log } = exchange;
  const { stack } = usePage();
  const [method = ""] = entry?.what.split(" ", 1) ?? [];
  const url = entry && stack.urlOfHop(entry);
  return (
    <section class="exchange panel stack">
      <h4 class="path">
        {flow.exchanges.length > 1 && `${index + 1}. `}
        {url === undefined ? entry?.what : `${method} ${url}`}
      </h4>
      <Scroll label="Hops">
        <Timeline exchange={exchange} flow={flow} />
      </Scroll>
      {entry && (
        <>
          <h5>Headers of the request</h5>
          <Facts of={entry.requestHeaders ?? {}} />
          <h5>
            Headers of the answer <StatusChip status={entry.status} />
          </h5>
          <Facts of={entry.responseHeaders ?? {}} />
        </>
      )}
      {log.length > 0 && (
        <Scroll label="The log of the function">
          <h5>The log of the function</h5>
          <pre>{log.join("\n")}</pre>
        </Scroll>
      )}
    </section>
  );
}

/** The hops of one request, a row each, on the time scale of their flow. */
function Timeline({ exchange, flow }: { exchange: Exchange; flow: Flow }) {
  return (
    <table>
      <thead>
        <tr>
          {COLUMNS.map((name) => (
            <th key={name} scope="col">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {inOrder(exchange).map((hop, index) => (
          <tr key={index}>
            <th scope="row" style={{ color: partColour(hop.part) }}>
              {partName(hop.part)}
            </th>
            <td class="step">
              <span>{readable(hop.what)}</span>
              <small>{detailOf(hop)}</small>
            </td>
            <td>
              <Bars bars={[barOf(hop, flow)]} />
            </td>
            <td>
              <StatusChip status={hop.status} />
            </td>
            <td>{milliseconds(hop.ms)}</td>
            <td>{hop.bytes !== undefined && formatBytes(hop.bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Returns the bars of an exchange on the time scale of its flow, those of the inner steps over that of the entry. */
export function barsOf(exchange: Exchange, flow: Flow): Bar[] {
  const hops = inOrder(exchange).filter(({ part }) => part !== "iam");
  return hops.map((hop) => ({ ...barOf(hop, flow), isInner: !hop.entry }));
}

function barOf({ part, startedAt, ms }: Hop, flow: Flow): Bar {
  const { from, to } = spanOf(flow);
  const scale = 100 / Math.max(1, to - from);
  return { from: (startedAt - from) * scale, width: Math.max(0.8, ms * scale), colour: partColour(part) };
}

/** Sorts by start; of two hops that started together the longer one is the outer one. */
function inOrder({ hops }: Exchange): Hop[] {
  return hops.toSorted((one, other) => one.startedAt - other.startedAt || other.ms - one.ms);
}

/** Leaves the target of a redirect out: the headers show it. */
function detailOf({ detail = "", responseHeaders }: Hop): string {
  return detail.replace(responseHeaders?.location ?? "", "").replace(/, $/, "");
}
