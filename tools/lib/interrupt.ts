/** A terminal's Ctrl-C may arrive more than once: from the terminal, and from npm. */
const ONE_PRESS_MS = 500;

/** Ctrl-C, for as long as the process lives: the same press may still arrive when the work has ended. */
export interface Interrupt {
  /** Aborted at Ctrl-C. */
  readonly signal: AbortSignal;
  /** The same, to be looked at where it is safe to stop. */
  requested(): boolean;
}

/** What is done at Ctrl-C besides. Default: nothing. */
export interface InterruptOptions {
  readonly onFirst?: () => void;
  /** Hears of another one just before the process ends. */
  readonly onSecond?: () => void;
}

/** Ctrl-C asks for the work to be stopped; another one, half a second later or more, ends the process with 130. */
export function onInterrupt({ onFirst, onSecond }: InterruptOptions = {}): Interrupt {
  const controller = new AbortController();
  let firstAt = 0;
  process.on("SIGINT", () => {
    if (!controller.signal.aborted) {
      firstAt = performance.now();
      controller.abort();
      onFirst?.();
    } else if (performance.now() - firstAt >= ONE_PRESS_MS) {
      try {
        onSecond?.();
      } finally {
        process.exit(130);
      }
    }
  });
  return { signal: controller.signal, requested: () => controller.signal.aborted };
}
