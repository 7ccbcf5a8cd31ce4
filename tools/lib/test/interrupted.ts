// Works until it is interrupted, and keeps what it has; with "stuck" as its argument it does not get so far.
import { onInterrupt } from "../interrupt";

const interrupt = onInterrupt({
  onFirst: () => {
    console.log("first");
  },
  onSecond: () => {
    console.log("second");
    throw new Error("what is done last may fail");
  },
});
const stuck = process.argv[2] === "stuck";
const work = setInterval(() => {
  if (stuck || !interrupt.requested()) return;
  clearInterval(work);
  // As long as the work's last part takes, in which the rest of the press arrives.
  setTimeout(() => {
    console.log("kept");
    process.exitCode = 130;
  }, 100);
}, 1);
console.log("ready");
