import type { ComponentChildren } from "preact";
import { bytes, percent } from "./format";
import { percentiles } from "./numbers";
import { usePage } from "./page-state";
import { byFlow } from "./parts";
import { Bars, Ranges, Sparkline } from "./plots";

const MAX_BARS = 4;

/** The numbers at a glance, counted from the events of the stack. */
export function NumbersPanel() {
  const numbers = usePage().activity.numbers.value;
  const { hits, requests, ratios, created, originalBytes, deliveredBytes } = numbers;
  const ratio = requests === 0 ? "–" : percent(hits / requests);
  const specs = [...created].sort(([, one], [, other]) => other - one).slice(0, MAX_BARS);
  const total = [...created.values()].reduce((sum, count) => sum + count, 0);
  const saved = `${percent(1 - deliveredBytes / originalBytes)} less than the originals`;
  const weights = { originals: originalBytes, delivered: deliveredBytes };
  return (
    <section class="numbers" aria-label="Numbers at a glance">
      <Tile title="Hit ratio" figure={ratio} note={`${hits} of ${requests} requests to the CDN`}>
        <Sparkline shares={ratios} label={`The hit ratio over the latest ${ratios.length} requests, now ${ratio}`} />
      </Tile>
      <Tile
        title="Variants created"
        figure={total}
        note={created.size > MAX_BARS ? "by spec, the most first" : "by spec"}
      >
        <Bars values={specs.map(([spec, count]) => [spec, count, String(count)])} />
      </Tile>
      <Tile
        title="Bytes saved"
        figure={bytes(Math.max(0, originalBytes - deliveredBytes))}
        note={originalBytes === 0 ? "no variant is delivered yet" : saved}
      >
        <Bars values={Object.entries(weights).map(([name, weight]) => [name, weight, bytes(weight)])} />
      </Tile>
      <Tile title="Time by hop">
        <Ranges values={percentiles(numbers).sort((one, other) => byFlow(one.part, other.part))} />
      </Tile>
    </section>
  );
}

type TileProps = Readonly<{ title: string; figure?: string | number; note?: string; children: ComponentChildren }>;

function Tile({ title, figure, note, children }: TileProps) {
  return (
    <div class="panel" role="group" aria-label={title}>
      <h2>{title}</h2>
      <p class="figure">{figure}</p>
      <p class="note">{note}</p>
      {children}
    </div>
  );
}
