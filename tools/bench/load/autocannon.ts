import autocannon from "autocannon";
import { isHit, type Load, type LoadOptions, type Observed, type Wanted } from "./client";

/** Interval at which autocannon checks whether to end, milliseconds. */
const SAMPLE_INTERVAL_MS = 50;
/** Time that autocannon waits for a response: its default. */
const TIMEOUT_SECONDS = 10;

/**
 * Runs autocannon on a host, each connection with one request at a time and the next as soon as it has the response.
 * @param next returns what to request; all have the same status, and it never ends
 */
export async function loadOfRequests(
  host: string,
  next: () => Wanted | undefined,
  { connections, seconds, stopped }: LoadOptions,
): Promise<Load> {
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
        // It ends with the first response after the time, because on a slow machine there is none before.
        duration: seconds + 2 * TIMEOUT_SECONDS,
        timeout: TIMEOUT_SECONDS,
        sampleInt: SAMPLE_INTERVAL_MS,
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
    instance.on("response", (_client, _status, bytes, ms) => {
      observe({ ...last, requests: 1, bytes, ms });
    });
    instance.on("reqError", () => {
      observe({ ok: false, hit: false, requests: 1, bytes: 0, ms: 0 });
    });
  });
  return { seconds: elapsed(), observed };
}
