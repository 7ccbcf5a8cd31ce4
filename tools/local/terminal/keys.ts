// Keys of a terminal.
import type { ReadStream } from "node:tty";

export const CTRL_C = "\u0003";
const ESCAPE = "\u001b";

/** Calls an action for each key that is pressed, without Enter; returns what gives the terminal back. */
export function listenToKeys(terminal: ReadStream, actions: ReadonlyMap<string, () => void>): () => void {
  const onData = (keys: string) => {
    // Arrows and function keys are an escape and letters.
    if (keys.startsWith(ESCAPE)) return;
    for (const key of keys) actions.get(key)?.();
  };
  terminal.setRawMode(true).setEncoding("utf8").on("data", onData);
  return () => {
    terminal.off("data", onData).setRawMode(false).pause();
  };
}
