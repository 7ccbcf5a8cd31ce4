import { describeMachine } from "../kit/machine";
import { spreadText } from "../kit/markdown";
import type { BurstResult } from "./result";

export function burstLine({ requests, rounds, singleMs, burstMs, ratio, s3Calls }: BurstResult): string {
  const calls = Object.entries(s3Calls)
    .map(([operation, number]) => `${number} ${operation}`)
    .join(" and ");
  return (
    `${requests} requests at once for one missing variant, ${rounds} times: ${calls} in all. A single request took ` +
    `${singleMs.toFixed(0)} ms in the median, the ${requests} together ${burstMs.toFixed(0)} ms: ` +
    `${spreadText(ratio)} times as long, round by round.`
  );
}

/** The part of the performance page. */
export function burstPage(result: BurstResult): string[] {
  const { photograph, spec, machine, startedAt, complete, note } = result;
  return [
    "## Many viewers of one missing variant",
    "",
    `\`npm run bench:burst\`: one process, warm. ${photograph} at ${spec}${complete ? "" : " (**partial: the run was stopped**)"}. ` +
      `${describeMachine(machine)}. ${startedAt.slice(0, 10)}.${note === undefined ? "" : ` ${note}`}`,
    "",
    burstLine(result),
    "",
  ];
}
