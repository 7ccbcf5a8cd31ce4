import autocannon from "autocannon";
import type { Burst, LoadOptions, Observed } from "./observed";
import { isHit, type Wanted } from "./viewer";

/** How often autocannon looks whether it is time to end, milliseconds. */
const LOOK_MS = 50;
/** How long autocannon waits for an answer, its default. */
const PATIENCE_SECONDS = 10;

/**
 * autocannon on a host, each connection with one request at a time and the next as soon as that is answered.
 * @param next what is asked for, one after the other; all with the same status, and never at an end
 */
export async function requestsFor(
  host: string,
  next: () => Wanted | undefined,
  { connections, seconds, stopped }: LoadOptions,
): Promise<Burst> {
  const observed: Observed[] = [];
  let expected = 0;
  let last = { ok: false, hit: false };
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  await new Promise<void>((resolve, reject) => {
    const instance = autocannon(
      {
        url: host,
        connections,
        // It ends with the first answer after the time: on a slow machine there is none before.
        duration: seconds + 2 * PATIENCE_SECONDS,
        timeout: PATIENCE_SECONDS,
        sampleInt: LOOK_MS,
        requests: [
          {
            setupRequest: (request) => {
              const wanted = next();
              expected = wanted?.status ?? expected;
              return { ...request, path: wanted?.url.slice(host.length) };
            },
            onResponse: (status, _body, _context, headers) => {
              last = { ok: status === expected, hit: isHit(headers?.["x-cache"]) };
            },
          },
        ],
      },
      (error: Error | null) => {
        if (error) reject(error);
        else resolve();
      },
    );
    const observe = (one: Observed) => {
      observed.push(one);
      if (elapsed() >= seconds || stopped()) instance.stop();
    };
    // autocannon's own histogram has whole milliseconds; its event, which follows `onResponse` at once, has parts of one.
    instance.on("response", (_client, _status, _bytes, ms) => {
      observe({ ...last, requests: 1, ms });
    });
    instance.on("reqError", () => {
      observe({ ok: false, hit: false, requests: 1, ms: 0 });
    });
  });
  return { seconds: elapsed(), observed };
}
