import path from "node:path";
import { DELIVERIES, type Delivery } from "../../../functions/resizer/settings";
import { encodeKey, variantKey } from "../../../functions/variant-key";
import { startChild } from "../lib/child";
import { specOf } from "../lib/resize";
import { Client, type Wanted } from "./clients";
import type { LinkQuestion, StackOptions, StartedStack } from "./serve-stack";

/** Kinds of requests: for a variant that the CDN has, for one that does not exist yet, for a size that is not listed. */
export type Kind = "hit" | "miss" | "rejected";

/** Status of the last response to each. */
const STATUS: Readonly<Record<Kind, number>> = { hit: 200, miss: 200, rejected: 404 };
/** Not listed by any stack of the bench. */
const UNLISTED = "641w";
/** Small, so that requests are measured and not bytes. */
const WARM_IMAGES = 8;
/** Neither the API's throttle nor the size of the image is measured. */
const UNLIMITED = {
  "resizer.rateLimit": 10_000,
  "resizer.burstLimit": 5_000,
  "resizer.reservedConcurrency": "unreserved",
  "image.maxInputPixels": 268_000_000,
};

/** A stack under load, and the URLs to request of it. Every original in it is the same file. */
export interface Subject {
  readonly cdn: string;
  readonly sizes: readonly string[];
  /**
   * Returns a function that returns the next URL, the kinds in the order of the cycle, until all `misses` are used. Every hit
   * is in the CDN's cache when this resolves.
   */
  supply(cycle: readonly Kind[], misses: number): Promise<() => Wanted | undefined>;
  /** Returns at least so many variants that do not exist yet, of originals of their own; all sizes of an original in a row. */
  missing(min: number): Promise<readonly Wanted[]>;
}

/** Starts the prod stack in each delivery, with and without validation at the edge, in one process. */
export async function startSubjects(images: string, file: string) {
  const kinds = DELIVERIES.flatMap((delivery) => [true, false].map((atEdge) => ({ delivery, atEdge })));
  const configs = kinds.map(({ delivery, atEdge }) => ({
    "cdn.delivery": delivery,
    "cdn.validateAtEdge": atEdge,
    ...UNLIMITED,
  }));
  const child = await startChild<LinkQuestion, undefined, readonly StartedStack[]>(
    "The stacks' process",
    path.join(__dirname, "serve-stack.ts"),
    { args: [JSON.stringify({ configs, images, file } satisfies StackOptions)] },
  );
  const subjects = child.started.map((started, stack) =>
    subjectOf(started, path.basename(file), (keys) => child.ask({ stack, keys })),
  );
  return {
    of: (delivery: Delivery, validateAtEdge: boolean) => {
      const found = subjects[kinds.findIndex((kind) => kind.delivery === delivery && kind.atEdge === validateAtEdge)];
      if (!found) throw new Error(`There is no stack with delivery ${delivery}.`);
      return found;
    },
    end: () => child.end(),
  };
}

/** @param link makes originals of these keys */
function subjectOf(
  { cdn, sizes }: StartedStack,
  name: string,
  link: (keys: readonly string[]) => Promise<unknown>,
): Subject {
  let [originals, rejected] = [0, 0];
  const wanted = (kind: Kind, original: string, size: string): Wanted => ({
    url: `${cdn}/${encodeKey(variantKey(original, specOf(size)))}`,
    status: STATUS[kind],
  });
  const missing = async (min: number) => {
    const keys = Array.from({ length: Math.ceil(min / sizes.length) }, () => `load-${originals++}/${name}`);
    await link(keys);
    return keys.flatMap((key) => sizes.map((size) => wanted("miss", key, size)));
  };
  const warm = async () => {
    const keys = Array.from({ length: WARM_IMAGES }, (_, index) => `warm-${index}/${name}`);
    await link(keys);
    const hits = keys.map((key) => wanted("hit", key, sizes[0] ?? ""));
    const client = new Client();
    for (const hit of hits) await client.view(hit);
    client.close();
    return hits;
  };
  const supply = async (cycle: readonly Kind[], misses: number) => {
    const hits = cycle.includes("hit") ? await warm() : [];
    const missed = cycle.includes("miss") ? (await missing(misses)).values() : [].values();
    let [at, hit] = [0, 0];
    const nextOf: Readonly<Record<Kind, () => Wanted | undefined>> = {
      hit: () => hits[hit++ % hits.length],
      miss: () => missed.next().value,
      rejected: () => wanted("rejected", `rejected-${rejected++}/${name}`, UNLISTED),
    };
    return () => nextOf[cycle[at++ % cycle.length] ?? "hit"]();
  };
  return { cdn, sizes, supply, missing };
}
