import { type Answer, requestIds } from "./answers";
import { describe, type Probe } from "./probe";

/** A fact that the docs promise, and the way to see whether it is so. */
export interface Check {
  readonly fact: string;
  readonly expected: string;
  /** Asks the stack, and returns its answer in the words of `expected`. */
  readonly see: () => Promise<Seen>;
}

export interface Seen {
  readonly seen: string;
  readonly requestIds: string;
}

/** Sees the whole way to what a client gets. */
export async function way(probe: Probe, url: string): Promise<Seen> {
  const answers = await probe.follow(url);
  return seen(answers, await probe.describeWay(answers));
}

/** Sees what a client gets in the end, however far that is. */
export async function end(probe: Probe, url: string): Promise<Seen> {
  const answers = await probe.follow(url);
  return seen(answers, await describeEnd(answers));
}

export function describeEnd(answers: readonly Answer[]): Promise<string> | string {
  const last = answers.at(-1);
  return last ? describe(last) : "nothing";
}

export function seen(answers: readonly Answer[], words: string): Seen {
  return { seen: words, requestIds: requestIds(answers) };
}
