import { describeMachine } from "../kit/machine";
import { spreadText, table } from "../kit/markdown";
import type { Spread } from "../kit/resize-result";
import type { ColdResult } from "./result";

export function coldTable({ rows }: ColdResult): string {
  const ms = (value: number | undefined) => (value === undefined ? "–" : value.toFixed(0));
  return table(
    [
      "",
      "Node",
      "loading",
      "first variant",
      "CPU",
      "loading over sharp",
      "both over sharp",
      "from the start over sharp",
      "CPU over sharp",
      "peak RSS",
      "what it is",
    ],
    rows.map(({ name, what, nodeMs, importMs, firstMs, cpuMs, importOver, peakRssMb, ...over }) => {
      const ratio = (value: Spread | undefined) => (firstMs === undefined ? "–" : spreadText(value));
      return [
        name,
        ms(nodeMs),
        ms(importMs),
        ms(firstMs),
        ms(cpuMs),
        spreadText(importOver),
        ratio(over.firstOver),
        ratio(over.startOver),
        ratio(over.cpuOver),
        `${peakRssMb.toFixed(0)} MB`,
        what,
      ];
    }),
  );
}

/** What a first variant is made of, from the start of the process. */
export function coldPartsTable({ rows, parts }: ColdResult): string {
  const cells = (name: string, wallMs: number, cpuMs?: number) => [
    name,
    wallMs.toFixed(1),
    cpuMs === undefined ? "–" : cpuMs.toFixed(1),
  ];
  const loading = rows.flatMap(({ name, nodeMs, importMs }) =>
    name === "handler"
      ? [cells("Node itself", nodeMs), cells("loading the bundle, sharp's library included", importMs)]
      : [],
  );
  return table(
    ["part", "wall", "CPU"],
    [...loading, ...parts.map(({ name, wallMs, cpuMs }) => cells(name, wallMs, cpuMs))],
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
    "Loading is what Lambda does before the first request; both are what its viewer waits for, beside Node itself. CPU is of the whole process.",
    "",
    "What the handler's first variant is made of, in processes of their own, in milliseconds; S3 is on the same machine, and its time is in the wall time:",
    "",
    coldPartsTable(result),
    "",
  ];
}
