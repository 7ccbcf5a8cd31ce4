import { Fragment } from "preact";
import { milliseconds } from "./format";
import type { Percentiles } from "./numbers";
import { partColour, partName } from "./parts";
import { Stretched, TableHead } from "./ui";

/** Shares from 0 to 1 in their order. */
export function Sparkline({ shares, label }: { shares: readonly number[]; label: string }) {
  const step = 100 / Math.max(1, shares.length - 1);
  const points = shares.map((share, index) => `${(index * step).toFixed(2)},${(29 - share * 28).toFixed(2)}`).join(" ");
  return (
    <svg class="sparkline" viewBox="0 0 100 30" preserveAspectRatio="none" role="img" aria-label={label}>
      <polygon points={`0,30 ${points} ${((shares.length - 1) * step).toFixed(2)},30`} />
      <polyline points={points} />
    </svg>
  );
}

/** Named values as bars, the longest as wide as the plot. */
export function Bars({ values }: { values: readonly (readonly [name: string, value: number, text: string])[] }) {
  const longest = Math.max(1, ...values.map(([, value]) => value));
  return (
    <dl class="bars">
      {values.map(([name, value, text]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>
            <Stretched class="bar">
              <rect width={(value / longest) * 100} height={8} />
            </Stretched>
            {text}
          </dd>
        </Fragment>
      ))}
    </dl>
  );
}

/** From the median to the 95th percentile of each part, on a logarithmic scale. */
export function Ranges({ values }: { values: readonly Percentiles[] }) {
  const longest = Math.max(10, ...values.map(({ p95 }) => p95));
  const at = (ms: number) => (Math.log10(1 + ms * 10) / Math.log10(1 + longest * 10)) * 100;
  return (
    <table class="ranges">
      <TableHead names={["Hop", "p50 to p95", "p50", "p95"]} />
      <tbody>
        {values.map(({ part, p50, p95, count }) => (
          <tr key={part} title={`${count} answers`}>
            <th scope="row">{partName(part)}</th>
            <td>
              <Span part={part} from={at(p50)} width={Math.max(1.5, at(p95) - at(p50))} />
            </td>
            <td>{milliseconds(p50)}</td>
            <td>{milliseconds(p95)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A bar of a part's colour on its track, in percent. */
export function Span({ part, from, width }: { part: string; from: number; width: number }) {
  return (
    <Stretched class="span">
      <rect class="track" y={3.5} width={100} height={1} />
      <rect fill={partColour(part)} x={from} width={width} height={8} />
    </Stretched>
  );
}
