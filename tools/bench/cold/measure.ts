import { peakRssMb } from "../kit/peak-rss";

/** A part of the first variant, in milliseconds. */
export interface Part {
  readonly name: string;
  readonly wallMs: number;
  /** Of all the process's threads. */
  readonly cpuMs: number;
}

/** What one fresh process took, in milliseconds of wall time. */
export interface Start {
  /** From the start of the process to the first line of its program: Node itself. */
  readonly nodeMs: number;
  /** Loading what it needs. */
  readonly importMs: number;
  /** From then to the first variant made; absent for what makes none. */
  readonly firstMs?: number;
  /** CPU time of the whole process until then, all threads. */
  readonly cpuMs: number;
  readonly peakRssMb: number;
  /** What the first variant was made of, where that was asked for. */
  readonly parts?: readonly Part[];
}

/**
 * Runs in a fresh process: loads, makes the first variant, tells its parent what each took, and ends.
 * @param load answers what makes the first variant, or nothing
 * @param parts what that fills, if it tells its parts
 */
export async function measure(load: () => (() => Promise<unknown>) | undefined, parts?: Part[]): Promise<void> {
  const nodeMs = performance.now();
  const make = load();
  const importMs = performance.now() - nodeMs;
  await make?.();
  const firstMs = performance.now() - nodeMs - importMs;
  const { user, system } = process.cpuUsage();
  const start: Start = {
    nodeMs,
    importMs,
    ...(make ? { firstMs } : {}),
    cpuMs: (user + system) / 1000,
    peakRssMb: peakRssMb(),
    ...(parts ? { parts } : {}),
  };
  process.send?.(start, () => process.exit(0));
}
