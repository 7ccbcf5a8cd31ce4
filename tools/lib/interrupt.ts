/** One press of Ctrl-C may arrive more than once: from the terminal, and from npm. */
const ONE_PRESS_MS = 500;

/** Ctrl-C until the process ends, because the same press may still arrive after the work. */
export interface Interrupt {
  /** Aborted at Ctrl-C. */
  readonly signal: AbortSignal;
  /** Returns whether that has happened, for work that stops at certain points. */
  requested(): boolean;
}

/** Callbacks of Ctrl-C. Default: none. */
interface InterruptOptions {
  readonly onFirst?: () => void;
  /** Called at the second Ctrl-C, just before the process ends. */
  readonly onSecond?: () => void;
}

/** Handles Ctrl-C: the first aborts the signal; another one, half a second later or more, ends the process with 130. */
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
