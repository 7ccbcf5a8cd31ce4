import { Fragment } from "preact";
import { formatBytes } from "../../../format-bytes";
import { milliseconds, partColour, partName, percent } from "../format";
import { usePage } from "../state";
import { type Bar, Bars } from "../ui";
import { sum } from "./numbers";

const MAX_SPECS = 4;

/** The numbers at a glance, counted over the latest requests. */
export function NumbersPanel() {
  const { hits, requests, created, originalBytes, deliveredBytes, times } = usePage().activity.numbers.value;
  const longest = Math.max(10, ...times.map(({ p95 }) => p95));
  const at = (ms: number) => (Math.log10(1 + ms * 10) / Math.log10(1 + longest * 10)) * 100;
  return (
    <section class="numbers" aria-label="Numbers at a glance">
      <Tile
        title="Hit ratio"
        figure={requests === 0 ? "–" : percent(hits / requests)}
        note={`${hits} of ${requests} requests to the CDN`}
        rows={compared({ hits, others: requests - hits }, String)}
      />
      <Tile
        title="Variants created"
        figure={String(sum(created.map(([, count]) => count)))}
        note={created.length > MAX_SPECS ? "by spec, the most first" : "by spec"}
        rows={compared(Object.fromEntries(created.slice(0, MAX_SPECS)), String)}
      />
      <Tile
        title="Bytes saved"
        figure={formatBytes(Math.max(0, originalBytes - deliveredBytes))}
        note={
          originalBytes === 0
            ? "no variant is delivered yet"
            : `${percent(1 - deliveredBytes / originalBytes)} less than the originals`
        }
        rows={compared({ originals: originalBytes, delivered: deliveredBytes }, formatBytes)}
      />
      <Tile
        title="Time by hop"
        note="p50 to p95, on a logarithmic scale"
        rows={times.map(({ part, p50, p95 }) => ({
          name: partName(part),
          bar: { from: at(p50), width: Math.max(1.5, at(p95) - at(p50)), colour: partColour(part) },
          text: `${milliseconds(p50)} – ${milliseconds(p95)}`,
        }))}
      />
    </section>
  );
}

interface TileProps {
  readonly title: string;
  readonly figure?: string;
  readonly note: string;
  readonly rows: readonly Row[];
}

/** A named value and its bar. */
interface Row {
  readonly name: string;
  readonly bar: Bar;
  readonly text: string;
}

function Tile({ title, figure, note, rows }: TileProps) {
  return (
    <div class="panel" role="group" aria-label={title}>
      <h2>{title}</h2>
      <p class="figure">{figure}</p>
      <p class="note">{note}</p>
      <dl class="rows">
        {rows.map(({ name, bar, text }) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd>
              <Bars bars={[bar]} />
            </dd>
            <dd>{text}</dd>
          </Fragment>
        ))}
      </dl>
    </div>
  );
}

/** Rows of values, the largest with a bar over the whole width. */
function compared(values: Readonly<Record<string, number>>, write: (value: number) => string): Row[] {
  const largest = Math.max(1, ...Object.values(values));
  return Object.entries(values).map(([name, value]) => {
    return { name, bar: { from: 0, width: (value / largest) * 100, colour: "var(--accent)" }, text: write(value) };
  });
}
