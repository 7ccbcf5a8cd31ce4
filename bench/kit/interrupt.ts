/** Ctrl-C, to be looked at where it is safe to stop. A second one ends the process at once. */
export interface Interrupt {
  requested(): boolean;
  /** Ctrl-C ends the process again. */
  release(): void;
}

export function onInterrupt(): Interrupt {
  const state = { requested: false };
  const listener = () => {
    if (state.requested) process.exit(130);
    state.requested = true;
  };
  process.on("SIGINT", listener);
  return {
    requested: () => state.requested,
    release: () => {
      process.off("SIGINT", listener);
    },
  };
}
