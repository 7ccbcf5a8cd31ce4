import sharp from "sharp";
import { openBench } from "@image-resizer/local/test/reliability/support/resizer-bench";
import { quietly } from "../../../support/quietly";

export const CDN_URL = "https://d1p41knyaaw8le.cloudfront.net";

/** Returns an image of the given size; every seed gives other bytes. */
export function jpegOf(width: number, height: number, seed = 1): Promise<Buffer> {
  return sharp({ create: { width, height, channels: 3, background: { r: (seed * 40) % 256, g: 90, b: 150 } } })
    .jpeg()
    .toBuffer();
}

/** Handler of the stack prod with a bucket that has `p_1/a.jpg`, and what tests ask of both. */
export type OpenHandler = Awaited<ReturnType<typeof openHandler>>;

export async function openHandler() {
  const bench = await openBench({ stack: "prod" });
  await bench.put("p_1/a.jpg", await jpegOf(800, 600));
  return {
    ...bench,
    /** Requests a variant. Returns the answer, and the lines that the handler logs. */
    ask: async (
      rawQueryString: string,
      { remaining = 600_000, with: it = bench.handler, routeKey = "GET /resizer" } = {},
    ) => {
      const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => remaining };
      const { result, lines } = await quietly(() => it({ rawQueryString, routeKey }, context));
      return { ...result, log: lines };
    },
    /** Returns the number of calls of each kind that `work` makes. */
    callsOf: async (work: () => Promise<unknown>): Promise<Record<string, number>> => {
      const operations = ["GetObject", "HeadObject", "PutObject", "ListObjectsV2"] as const;
      const before = operations.map((operation) => bench.storage.count(operation));
      await work();
      return Object.fromEntries(
        operations.flatMap((operation, index) => {
          const calls = bench.storage.count(operation) - (before[index] ?? 0);
          return calls > 0 ? [[operation, calls]] : [];
        }),
      );
    },
    keysBelow: async (prefix: string): Promise<string[]> =>
      (await bench.keys()).filter((key) => key.startsWith(prefix)),
  };
}
