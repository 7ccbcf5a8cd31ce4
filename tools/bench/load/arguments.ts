import path from "node:path";
import { numberIn, readOptions } from "../kit/arguments";
import { RESULTS, ROOT } from "../kit/files";

export interface LoadArguments {
  /** How long each kind of load lasts in a round. */
  readonly seconds: number;
  readonly connections: number;
  readonly rounds: number;
  /** Added before each request of a view, milliseconds. */
  readonly latencyMs: number;
  /** Default: generated photographs. */
  readonly images: string | undefined;
  /** Said on the page beside the numbers. */
  readonly note: string | undefined;
  readonly out: string;
  readonly results: string;
}

export const USAGE =
  "usage: npm run bench:load -- [--seconds 1.5] [--connections 10] [--rounds 6] [--latency 50] [--images DIR] " +
  "[--note TEXT] [--out DIR] [--results DIR]";

/** @throws UserError with what is wrong and what is allowed */
export function readArguments(argv: readonly string[]): LoadArguments {
  const options = readOptions(
    argv,
    {
      seconds: { type: "string", default: "1.5" },
      connections: { type: "string", default: "10" },
      rounds: { type: "string", default: "6" },
      latency: { type: "string", default: "50" },
      images: { type: "string" },
      note: { type: "string" },
      out: { type: "string", default: path.join(ROOT, "docs") },
      results: { type: "string", default: RESULTS },
    },
    USAGE,
  );
  return {
    seconds: numberIn("seconds", options.seconds, { least: 0.1, most: 60, whole: false }),
    connections: numberIn("connections", options.connections, { least: 1, most: 1000 }),
    rounds: numberIn("rounds", options.rounds, { least: 1, most: 1000 }),
    latencyMs: numberIn("latency", options.latency, { least: 0, most: 1000 }),
    images: options.images,
    note: options.note,
    out: options.out,
    results: options.results,
  };
}
