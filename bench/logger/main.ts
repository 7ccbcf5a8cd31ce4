// npx tsx bench/logger/main.ts
//
// What a logger adds to a fresh process: the function's own beside Powertools' (@aws-lambda-powertools/logger), each bundled
// as the function is, loaded, and writing one line, in fresh processes in turns.
import { fork } from "node:child_process";
import { statSync } from "node:fs";
import path from "node:path";
import type { Start } from "../cold/measure";
import { bundle } from "../kit/bundle";
import { ROOT } from "../kit/files";
import { table } from "../kit/markdown";
import { median, spread } from "../kit/statistics";

const STARTS = 25;
/** Rounds that are not counted: the first reads files that nobody has in memory yet. */
const WARM_UP = 1;

const LOGGERS = {
  own: { starter: "own.ts", module: bundle(path.join(ROOT, "functions/resizer/log.ts")) },
  powertools: {
    starter: "powertools.ts",
    module: bundle(path.join(ROOT, "node_modules/@aws-lambda-powertools/logger/lib/esm/index.js")),
  },
};
type Name = keyof typeof LOGGERS;

/** Loading and the first line, in milliseconds, of one fresh process. */
function timeOnce(name: Name): Promise<number> {
  const { starter, module } = LOGGERS[name];
  return new Promise((resolve, reject) => {
    const child = fork(bundle(path.join(__dirname, starter)), {
      env: { PATH: process.env.PATH ?? "", MODULE: module },
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    child.once("message", (start) => {
      const { importMs, firstMs = 0 } = start as Start;
      resolve(importMs + firstMs);
    });
    child.once("exit", (code) => {
      reject(new Error(`${name} ended with ${String(code)} before its first line`));
    });
  });
}

async function main(): Promise<void> {
  const times: Record<Name, number[]> = { own: [], powertools: [] };
  for (let round = 0; round < STARTS + WARM_UP; round++) {
    const order: Name[] = round % 2 === 0 ? ["own", "powertools"] : ["powertools", "own"];
    for (const name of order) {
      const time = await timeOnce(name);
      if (round >= WARM_UP) times[name].push(time);
    }
  }
  const ratio = spread(times.powertools.map((time, round) => time / (times.own[round] ?? NaN)));
  console.log(
    table(
      ["logger", "bytes of its bundle", "loading and the first line, ms", "least and most"],
      (Object.keys(LOGGERS) as Name[]).map((name) => [
        name,
        String(statSync(LOGGERS[name].module).size),
        median(times[name]).toFixed(2),
        `${Math.min(...times[name]).toFixed(2)} to ${Math.max(...times[name]).toFixed(2)}`,
      ]),
    ),
  );
  const { median: middle, low, high } = ratio;
  console.log(`\nPowertools' over own, start by start: ${middle.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`);
}

void main();
