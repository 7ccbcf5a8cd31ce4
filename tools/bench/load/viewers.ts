import type { Burst, LoadOptions, Observed } from "./observed";
import { Viewer, type Wanted } from "./viewer";

/**
 * Viewers who each want the next thing as soon as they have the last one.
 * @param next what is asked for, one after the other; undefined at the end, which ends the load
 */
export async function viewersOf(
  next: () => Wanted | undefined,
  { connections, seconds, stopped }: LoadOptions,
): Promise<Burst> {
  const observed: Observed[] = [];
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  await Promise.all(
    Array.from({ length: connections }, async () => {
      const viewer = new Viewer();
      for (let wanted = next(); wanted && elapsed() < seconds && !stopped(); wanted = next()) {
        const { ok, hit, requests, ms } = await viewer.view(wanted);
        observed.push({ ok, hit, requests, ms });
      }
      viewer.close();
    }),
  );
  return { seconds: elapsed(), observed };
}
