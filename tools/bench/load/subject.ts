import path from "node:path";
import { DELIVERIES, type Delivery } from "../../../functions/resizer/settings";
import { encodeKey, variantKey } from "../../../functions/variant-key";
import { Child } from "../lib/child";
import { specOf } from "../lib/resize";
import { Client, type Wanted } from "./client";
import { type Kind, STATUS } from "./scenarios";
import type { LinkQuestion, StackOptions, StartedStack } from "./serve-stack";

/** Not listed by any stack of the bench. */
const UNLISTED = "641w";
/** Small, so that requests are measured and not bytes. */
const WARM_IMAGES = 8;
/** Neither the API's throttle nor the size of the image is measured. */
const UNLIMITED = { "resizer.rateLimit": 10_000, "resizer.burstLimit": 5_000, "image.maxInputPixels": 268_000_000 };

type StackChild = Child<LinkQuestion, undefined, StartedStack>;

/** What a scenario needs of a stack. */
export type Subject = Pick<StackUnderLoad, "cdn" | "sizes" | "supply" | "missing">;

/** Stacks of a run. */
export interface Subjects {
  of(delivery: Delivery, validateAtEdge: boolean): Subject;
  end(): Promise<void>;
}

/** A stack under load, and the URLs to request of it. Every original in it is the same file. */
class StackUnderLoad {
  readonly cdn: string;
  readonly sizes: readonly string[];
  #originals = 0;
  #rejected = 0;

  constructor(
    private readonly child: StackChild,
    private readonly file: string,
  ) {
    ({ cdn: this.cdn, sizes: this.sizes } = child.started);
  }

  /**
   * Returns a function that returns the next URL, the kinds in the order of the cycle, until all `misses` are used. Every hit
   * is in the CDN's cache when this resolves.
   */
  async supply(cycle: readonly Kind[], misses: number): Promise<() => Wanted | undefined> {
    const warm = cycle.includes("hit") ? await this.#warm() : [];
    const missing = cycle.includes("miss") ? await this.missing(misses) : [];
    let [at, hits, missed] = [0, 0, 0];
    const nextOf: Readonly<Record<Kind, () => Wanted | undefined>> = {
      hit: () => warm[hits++ % warm.length],
      miss: () => missing[missed++],
      rejected: () => this.#wanted("rejected", this.#keyOf(`rejected-${this.#rejected++}`), UNLISTED),
    };
    return () => nextOf[cycle[at++ % cycle.length] ?? "hit"]();
  }

  /** Returns at least so many variants that do not exist yet, of originals of their own; all sizes of an original in a row. */
  async missing(min: number): Promise<Wanted[]> {
    const length = Math.ceil(min / this.sizes.length);
    const keys = Array.from({ length }, () => this.#keyOf(`load-${this.#originals++}`));
    await this.child.ask({ file: this.file, keys });
    return keys.flatMap((key) => this.sizes.map((size) => this.#wanted("miss", key, size)));
  }

  async #warm(): Promise<Wanted[]> {
    const keys = Array.from({ length: WARM_IMAGES }, (_, index) => this.#keyOf(`warm-${index}`));
    await this.child.ask({ file: this.file, keys });
    const warm = keys.map((key) => this.#wanted("hit", key, this.sizes[0] ?? ""));
    const client = new Client();
    for (const wanted of warm) await client.view(wanted);
    client.close();
    return warm;
  }

  #keyOf(folder: string): string {
    return `${folder}/${path.basename(this.file)}`;
  }

  #wanted(kind: Kind, original: string, size: string): Wanted {
    return { url: `${this.cdn}/${encodeKey(variantKey(original, specOf(size)))}`, status: STATUS[kind] };
  }
}

/**
 * Starts the prod stack in each delivery, with and without validation at the edge, each in a process of its own.
 * @throws the error of the first one that cannot be started; the others are ended then
 */
export async function startSubjects(images: string, file: string): Promise<Subjects> {
  const kinds = DELIVERIES.flatMap((delivery) => [true, false].map((validateAtEdge) => ({ delivery, validateAtEdge })));
  const starting = await Promise.allSettled(
    kinds.map(async ({ delivery, validateAtEdge }) => {
      const options: StackOptions = {
        config: { "cdn.delivery": delivery, "cdn.validateAtEdge": validateAtEdge, ...UNLIMITED },
        images,
      };
      const child: StackChild = await Child.start(
        `the stack with ${delivery}`,
        path.join(__dirname, "serve-stack.ts"),
        {
          args: [JSON.stringify(options)],
        },
      );
      return { delivery, validateAtEdge, child, subject: new StackUnderLoad(child, file) };
    }),
  );
  const started = starting.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  const end = async () => {
    await Promise.all(started.map(({ child }) => child.end()));
  };
  const failed = starting.find((each) => each.status === "rejected");
  if (failed) {
    await end();
    throw failed.reason;
  }
  return {
    of: (delivery, validateAtEdge) => {
      const found = started.find((each) => each.delivery === delivery && each.validateAtEdge === validateAtEdge);
      if (!found) throw new Error(`There is no stack with delivery ${delivery}.`);
      return found.subject;
    },
    end,
  };
}
