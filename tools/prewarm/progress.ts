import { Presets, SingleBar } from "cli-progress";

export interface Counts {
  readonly created: number;
  readonly existing: number;
  readonly failed: number;
}

const UPDATE_EVERY_MS = 250;
const LINE_EVERY_MS = 5000;
/** The time left is that of the pace in the last half minute. */
const ETA_UPDATES = 30_000 / UPDATE_EVERY_MS;

/**
 * Shows a bar on a terminal, and a line every few seconds elsewhere. Returns the function that ends it.
 * @param total Number of variants; undefined until they are counted.
 */
export function startDisplay(stream: NodeJS.WriteStream, counts: Counts, total: () => number | undefined): () => void {
  const text = "{value} of {total} variants | {perSecond}/s | {eta_formatted} left | {counts}";
  const options = {
    ...{ stream, format: stream.isTTY ? `{bar} ${text}` : text, barsize: 24, etaBuffer: ETA_UPDATES },
    noTTYOutput: true,
    notTTYSchedule: LINE_EVERY_MS,
    // Text until the variants are counted, and while none are created.
    formatTime: (seconds: number) => (Number.isFinite(seconds) ? duration(seconds) : "?"),
    formatValue: (value: number) => (value === Infinity ? "?" : count(value)),
  };
  const bar = new SingleBar(options, Presets.shades_classic);
  const startedAtMs = performance.now();
  const payload = () => {
    const seconds = (performance.now() - startedAtMs) / 1000;
    return { perSecond: (doneOf(counts) / Math.max(seconds, 1)).toFixed(1), counts: describeCounts(counts) };
  };
  const update = () => {
    bar.setTotal(total() ?? Infinity);
    bar.update(doneOf(counts), payload());
  };
  bar.start(Infinity, 0, payload());
  const timer = setInterval(update, UPDATE_EVERY_MS);
  return () => {
    clearInterval(timer);
    update();
    bar.stop();
  };
}

export function describeCounts({ created, existing, failed }: Counts): string {
  return `${count(created)} created, ${count(existing)} already there, ${count(failed)} failed`;
}

export function doneOf({ created, existing, failed }: Counts): number {
  return created + existing + failed;
}

/** Returns `45 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${count(Math.floor(whole / 3600))} h ${Math.floor((whole % 3600) / 60)} min`;
}

export function count(value: number): string {
  return value.toLocaleString("en");
}
