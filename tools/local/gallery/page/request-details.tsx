import { useSignal } from "@preact/signals";
import { curlLine, type Exchange, type Flow } from "./flows";
import { usePage } from "./page-state";
import { Timeline } from "./timeline";
import { Facts, Scroll, StatusChip } from "./ui";

/** The hops, headers and log of each request of a flow, and the line that repeats it. */
export function RequestDetails({ flow }: { flow: Flow }) {
  const { stack } = usePage();
  const line = curlLine(flow, (hop) => stack.urlOfHop(hop));
  return (
    <>
      {flow.exchanges.map((exchange, index) => (
        <ExchangeDetails key={exchange.id} {...{ flow, exchange, index }} />
      ))}
      {line !== undefined && <Curl line={line} />}
    </>
  );
}

function ExchangeDetails({ flow, exchange, index }: { flow: Flow; exchange: Exchange; index: number }) {
  const { entry, log } = exchange;
  const { stack } = usePage();
  const [method = ""] = entry?.what.split(" ", 1) ?? [];
  const url = entry && stack.urlOfHop(entry);
  return (
    <section class="exchange">
      <h4 class="path">
        {flow.exchanges.length > 1 && `${index + 1}. `}
        {url === undefined ? entry?.what : `${method} ${url}`}
      </h4>
      <Scroll label="Hops">
        <Timeline exchange={exchange} flow={flow} />
      </Scroll>
      {entry && (
        <>
          <h5>
            Headers of the request, and of its answer <StatusChip status={entry.status} />
          </h5>
          <Facts of={entry.requestHeaders ?? {}} side="asked" />
          <Facts of={entry.responseHeaders ?? {}} side="answered" />
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

function Curl({ line }: { line: string }) {
  const label = useSignal("Copy");
  const copy = () => {
    navigator.clipboard.writeText(line).then(
      () => (label.value = "Copied"),
      () => (label.value = "Not allowed"),
    );
  };
  return (
    <div class="row">
      <Scroll label="The same request by curl">
        <code>{line}</code>
      </Scroll>
      <button class="small" onClick={copy}>
        {label}
      </button>
    </div>
  );
}
