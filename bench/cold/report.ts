import { describeMachine } from "../kit/machine";
import { spreadText, table } from "../kit/markdown";
import type { ColdResult } from "./result";

export function coldTable({ rows }: ColdResult): string {
  const ms = (value: number | undefined) => (value === undefined ? "–" : value.toFixed(0));
  return table(
    ["", "Node", "loading", "first variant", "loading over sharp", "both over sharp", "peak RSS", "what it is"],
    rows.map(({ name, what, nodeMs, importMs, firstMs, importOver, firstOver, peakRssMb }) => [
      name,
      ms(nodeMs),
      ms(importMs),
      ms(firstMs),
      spreadText(importOver),
      firstMs === undefined ? "–" : spreadText(firstOver),
      `${peakRssMb.toFixed(0)} MB`,
      what,
    ]),
  );
}

/** The part of the performance page. */
export function coldPage(result: ColdResult): string[] {
  const { starts, complete, machine, startedAt, note, photograph, spec } = result;
  return [
    "## A fresh process",
    "",
    "`npm run bench:cold`: fresh processes in turns; the first variant of each is made of the same photograph.",
    "",
    `${photograph} at ${spec}, ${starts} starts of each${complete ? "" : " (**partial: the run was stopped**)"}. ` +
      `${describeMachine(machine)}. ${startedAt.slice(0, 10)}.${note === undefined ? "" : ` ${note}`}`,
    "",
    "Milliseconds in the median; ratios are start by start, with the least and the greatest.",
    "",
    coldTable(result),
    "",
  ];
}
