// `npm run bench:logger`: what a logger adds to a fresh process.
//
// The function's own beside Powertools' (@aws-lambda-powertools/logger), each bundled as the function is, loaded, and
// writing one line, in fresh processes in turns.
import { fork } from "node:child_process";
import { statSync } from "node:fs";
import path from "node:path";
import type { Start } from "../cold/measure";
import { numberIn, readOptions } from "../kit/arguments";
import { bundle } from "../kit/bundle";
import { ROOT } from "../kit/files";
import { table } from "../kit/markdown";
import { runCommand } from "../kit/run-command";
import { median, spread } from "../kit/statistics";

const USAGE = "usage: npm run bench:logger -- [--starts 25]";
/** Rounds that are not counted: the first reads files that nobody has in memory yet. */
const WARM_UP = 1;

const LOGGERS = {
  own: { starter: "own.ts", module: "functions/log.ts" },
  powertools: { starter: "powertools.ts", module: "node_modules/@aws-lambda-powertools/logger/lib/esm/index.js" },
};
type Name = keyof typeof LOGGERS;
const NAMES = Object.keys(LOGGERS) as Name[];

interface Bundles {
  readonly starter: string;
  readonly module: string;
}

function bundlesOf(name: Name): Bundles {
  const { starter, module } = LOGGERS[name];
  return { starter: bundle(path.join(__dirname, starter)), module: bundle(path.join(ROOT, module)) };
}

/** Loading and the first line, in milliseconds, of one fresh process, which has ended then. */
function timeOnce(name: Name, { starter, module }: Bundles): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = fork(starter, {
      env: { PATH: process.env.PATH ?? "", MODULE: module },
      execArgv: [],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    let time: number | undefined;
    child.once("message", (start) => {
      const { importMs, firstMs = 0 } = start as Start;
      time = importMs + firstMs;
    });
    child.once("close", (code) => {
      if (time === undefined) reject(new Error(`${name} ended with ${String(code)} before its first line`));
      else resolve(time);
    });
  });
}

runCommand(async (argv) => {
  const options = readOptions(argv, { starts: { type: "string", default: "25" } }, USAGE);
  const starts = numberIn("starts", options.starts, { least: 1, most: 1000 });
  const bundles = { own: bundlesOf("own"), powertools: bundlesOf("powertools") };
  const times: Record<Name, number[]> = { own: [], powertools: [] };
  for (let round = 0; round < starts + WARM_UP; round++) {
    for (const name of round % 2 === 0 ? NAMES : NAMES.toReversed()) {
      const time = await timeOnce(name, bundles[name]);
      if (round >= WARM_UP) times[name].push(time);
    }
  }
  console.log(
    table(
      ["logger", "bytes of its bundle", "loading and the first line, ms", "least and most"],
      NAMES.map((name) => [
        name,
        String(statSync(bundles[name].module).size),
        median(times[name]).toFixed(2),
        `${Math.min(...times[name]).toFixed(2)} to ${Math.max(...times[name]).toFixed(2)}`,
      ]),
    ),
  );
  const { median: middle, low, high } = spread(times.powertools.map((time, round) => time / (times.own[round] ?? NaN)));
  console.log(`\nPowertools' over own, start by start: ${middle.toFixed(1)} (${low.toFixed(1)} to ${high.toFixed(1)})`);
});
