import { conditionsLine, type Result } from "../lib/bench";
import { paragraphs, spreadText, table } from "../lib/markdown";
import type { Spread } from "../lib/rounds";
import type { ColdMeasured } from "./run";

export function section(result: Result<ColdMeasured>): string {
  const { image, spec, starts, rows, parts } = result;
  const ms = (value: number | undefined, digits = 0) => value?.toFixed(digits) ?? "–";
  const ofVariant = (ratio: Spread | undefined, firstMs: number | undefined) => (firstMs ? spreadText(ratio) : "–");
  const handler = rows.find(({ name }) => name === "handler");
  const beforeParts = [
    { name: "Node itself", wallMs: handler?.nodeMs, cpuMs: undefined },
    { name: "loading of the bundle, with sharp's library", wallMs: handler?.importMs, cpuMs: undefined },
  ];
  return paragraphs(
    conditionsLine(result, `${image} at ${spec}, ${starts} starts of each`),
    "Milliseconds in the median; ratios start by start, with the least and the greatest:",
    table(
      rows,
      ["", ({ name }) => name],
      ["Node", ({ nodeMs }) => ms(nodeMs)],
      ["loading", ({ importMs }) => ms(importMs)],
      ["first variant", ({ firstMs }) => ms(firstMs)],
      ["CPU", ({ cpuMs }) => ms(cpuMs)],
      ["loading over sharp", ({ importOver }) => spreadText(importOver)],
      ["both over sharp", ({ firstOver, firstMs }) => ofVariant(firstOver, firstMs)],
      ["from the start over sharp", ({ startOver, firstMs }) => ofVariant(startOver, firstMs)],
      ["CPU over sharp", ({ cpuOver, firstMs }) => ofVariant(cpuOver, firstMs)],
      ["peak RSS", ({ peakRssMb }) => `${peakRssMb.toFixed(0)} MB`],
      ["process", ({ what }) => what],
    ),
    "Parts of the handler's first variant, in processes of their own, milliseconds in the median:",
    table(
      [...beforeParts, ...parts],
      ["part", ({ name }) => name],
      ["wall", ({ wallMs }) => ms(wallMs, 1)],
      ["CPU", ({ cpuMs }) => ms(cpuMs, 1)],
    ),
  );
}
