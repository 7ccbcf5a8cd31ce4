import "./inspector.css";
import { type Signal, useSignal } from "@preact/signals";
import { Component } from "preact";
import { formatBytes } from "../../../format-bytes";
import { byFlow, milliseconds, partName, readable, timeOfDay } from "../format";
import { usePage } from "../state";
import { Bars, Field } from "../ui";
import { type Flow, hopsOf, isSameFlow, OUTCOMES, outcomeOf, spanOf } from "./flows";
import { harOf } from "./har";
import { barsOf, RequestDetails } from "./request-details";

const MAX_ROWS = 100;

/** The steps of every request, live. */
export function Requests() {
  const { activity, stack } = usePage();
  const [text, outcome, part] = [useSignal(""), useSignal(""), useSignal("")];
  const isOnlyMine = useSignal(false);
  const held = useSignal<readonly Flow[] | undefined>(undefined);
  const flows = held.value ?? activity.flows.value;
  const parts = [...new Set(flows.flatMap(hopsOf).map((hop) => hop.part))].sort(byFlow);
  const found = flows.filter((flow) => {
    const isWanted = !isOnlyMine.value || activity.placeAmongSent(flow) >= 0;
    return isWanted && matches(flow, text.value, outcome.value, part.value);
  });
  const shown = found.slice(0, MAX_ROWS);
  return (
    <section class="stack" aria-labelledby="requests-title">
      <div class="row controls">
        <h3 id="requests-title">Requests</h3>
        <Field label="Filter by text or status" grow>
          <input type="search" onInput={({ currentTarget }) => (text.value = currentTarget.value)} />
        </Field>
        <Choice
          label="Outcome"
          value={outcome}
          options={Object.entries(OUTCOMES).map(([name, meaning]) => [name, `${name}: ${meaning}`])}
        />
        <Choice label="Hop" value={part} options={parts.map((name) => [name, `through ${partName(name)}`])} />
        <label class="row small">
          <input type="checkbox" onChange={({ currentTarget }) => (isOnlyMine.value = currentTarget.checked)} />
          Only mine
        </label>
        <label class="row small">
          <input
            type="checkbox"
            onChange={({ currentTarget }) => (held.value = currentTarget.checked ? flows : undefined)}
          />
          Hold
        </label>
        <button class="small" onClick={activity.clear}>
          Clear
        </button>
        <button class="small" disabled={found.length === 0} onClick={() => download(harOf(found, stack.urlOfHop))}>
          Export HAR
        </button>
      </div>
      {shown.length === 0 && (
        <p class="note">{flows.length === 0 ? "No requests yet." : "No request matches the filters."}</p>
      )}
      <ol class="requests">
        {shown.map((flow) => (
          <StableRow key={flow.id} flow={flow} />
        ))}
      </ol>
    </section>
  );
}

/** A list of values and their texts, or any. */
function Choice(props: { label: string; value: Signal<string>; options: (readonly [string, string])[] }) {
  const { label, value, options } = props;
  return (
    <Field label={label}>
      <select onInput={({ currentTarget }) => (value.value = currentTarget.value)}>
        <option value="">any</option>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  );
}

/** Draws a row again only when its flow has changed: most have not when another one comes. */
class StableRow extends Component<{ flow: Flow }> {
  override shouldComponentUpdate({ flow }: { flow: Flow }): boolean {
    return !isSameFlow(flow, this.props.flow);
  }

  override render() {
    return <Row flow={this.props.flow} />;
  }
}

/** One flow. The user's own is open until it is closed. */
function Row({ flow }: { flow: Flow }) {
  const toggled = useSignal<boolean | undefined>(undefined);
  const isOpen = toggled.value ?? usePage().activity.placeAmongSent(flow) === 0;
  const outcome = outcomeOf(flow);
  const { from, to } = spanOf(flow);
  const [first, last] = [flow.exchanges[0]?.entry, flow.exchanges.at(-1)?.entry];
  const count = flow.exchanges.length > 1 ? `${flow.exchanges.length} requests, ` : "";
  return (
    <li>
      <details open={isOpen} onToggle={({ currentTarget }) => (toggled.value = currentTarget.open)}>
        <summary>
          <span class={`chip outcome-${outcome}`} title={OUTCOMES[outcome]}>
            {outcome}
          </span>
          <span class="path">{readable(first?.what ?? "")}</span>
          <small>{`${timeOfDay(from)}, ${count}${last?.status ?? ""}, ${milliseconds(to - from)}, ${formatBytes(last?.bytes ?? 0)}`}</small>
          <Bars bars={flow.exchanges.flatMap((exchange) => barsOf(exchange, flow))} />
        </summary>
        {isOpen && <RequestDetails flow={flow} />}
      </details>
    </li>
  );
}

function matches(flow: Flow, text: string, outcome: string, part: string): boolean {
  const wanted = text.trim().toLowerCase();
  const hops = hopsOf(flow);
  return (
    (outcome === "" || outcomeOf(flow) === outcome) &&
    (part === "" || hops.some((hop) => hop.part === part)) &&
    (wanted === "" ||
      hops.some(({ what, status }) => readable(what).toLowerCase().includes(wanted) || String(status) === wanted))
  );
}

/** Saves an archive of requests as a file, which the developer tools of browsers open. */
function download(har: object): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(har, null, 2)], { type: "application/json" }));
  link.download = "image-resizer.har";
  link.click();
  URL.revokeObjectURL(link.href);
}
