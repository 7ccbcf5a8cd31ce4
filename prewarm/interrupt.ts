/** A terminal's Ctrl-C may arrive more than once: from the terminal, and from npm. */
const ONE_PRESS_MS = 500;

export interface Interrupt {
  /** Aborted at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Ctrl-C ends the process again. */
  release(): void;
}

/**
 * Ctrl-C asks for the run to be stopped; another one later ends the process.
 * @param onFirst hears of the first
 * @param onSecond hears of the other, just before the process ends
 */
export function onInterrupt(onFirst: () => void, onSecond: () => void): Interrupt {
  const controller = new AbortController();
  let firstAt = 0;
  const listener = () => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort();
      onFirst();
    } else if (performance.now() - firstAt >= ONE_PRESS_MS) {
      onSecond();
      process.exit(130);
    }
  };
  process.on("SIGINT", listener);
  return {
    signal: controller.signal,
    release: () => {
      process.off("SIGINT", listener);
    },
  };
}
