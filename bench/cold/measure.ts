import { peakRssMb } from "../kit/peak-rss";

/** What one fresh process took, in milliseconds of wall time. */
export interface Start {
  /** From the start of the process to the first line of its program: Node itself. */
  readonly nodeMs: number;
  /** Loading what it needs. */
  readonly importMs: number;
  /** From then to the first variant made; absent for what makes none. */
  readonly firstMs?: number;
  readonly peakRssMb: number;
}

/**
 * Runs in a fresh process: loads, makes the first variant, tells its parent what each took, and ends.
 * @param load answers what makes the first variant, or nothing
 */
export async function measure(load: () => (() => Promise<unknown>) | undefined): Promise<void> {
  const nodeMs = performance.now();
  const make = load();
  const importMs = performance.now() - nodeMs;
  await make?.();
  const firstMs = performance.now() - nodeMs - importMs;
  const start: Start = { nodeMs, importMs, ...(make ? { firstMs } : {}), peakRssMb: peakRssMb() };
  process.send?.(start, () => process.exit(0));
}
