// Works until it is interrupted, and keeps what it has; with "stuck" as its argument it does not get so far.
import { mock } from "node:test";
import { onInterrupt } from "../interrupt";

const stuck = process.argv[2] === "stuck";
let nowMs = 0;
mock.method(performance, "now", () => nowMs);

const work = setInterval(() => undefined, 1000);
onInterrupt({
  onFirst: () => {
    console.log("first");
    if (stuck) nowMs += 1000;
    else process.once("SIGINT", finish);
  },
  onSecond: () => {
    console.log("second");
    throw new Error("what is done last may fail");
  },
});
console.log("ready");

/** Ends the work when the rest of the press has arrived. */
function finish(): void {
  clearInterval(work);
  console.log("kept");
  process.exitCode = 130;
}
