import { Presets, SingleBar } from "cli-progress";

/** A progress bar on standard error; without a terminal there, nothing. */
export interface Progress {
  update(done: number, what?: string): void;
  stop(): void;
}

export type StartProgress = (total: number, unit: string) => Progress;

export const startProgress: StartProgress = (total, unit) => {
  const format = `{bar} {percentage} % | {value}/{total} ${unit} | {eta_formatted} left {what}`;
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.shades_classic);
  bar.start(total, 0, { what: "" });
  // Without this a terminal whose cursor is hidden keeps it hidden when the process has ended.
  const stop = () => {
    process.off("exit", stop);
    bar.stop();
  };
  process.on("exit", stop);
  return {
    update: (done, what = "") => {
      bar.update(done, { what });
    },
    stop,
  };
};
