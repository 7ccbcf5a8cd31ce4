import { signal } from "@preact/signals";
import type { Leg } from "../../contract";
import { sum } from "../inspector/numbers";
import { Unreachable } from "../server";

/** Variants requested at once: a small machine creates no more. */
const CONCURRENCY = 2;

/** A variant that is requested: neither served nor rejected while it is waited for. */
export interface Variant {
  readonly spec: string;
  readonly served?: ServedVariant;
  readonly rejected?: { readonly status?: number; readonly text: string };
}

export interface ServedVariant {
  readonly width: number;
  readonly height: number;
  /** `WEBP` */
  readonly format: string;
  readonly bytes: number;
  /** Over all redirects; undefined for a variant that existed already. */
  readonly createdInMs: number | undefined;
}

/** The variants of an original, requested through the CDN. */
export class Variants {
  readonly all = signal<readonly Variant[]>([]);
  /** The time that it took; undefined until each is answered. */
  readonly tookMs = signal<number | undefined>(undefined);
  readonly problem = signal("");
  readonly #request: (spec: string) => Promise<readonly Leg[]>;
  #isEnded = false;

  constructor(request: (spec: string) => Promise<readonly Leg[]>) {
    this.#request = request;
  }

  /** Bytes of those that are served. */
  get bytes(): number {
    return sum(this.all.value.map(({ served }) => served?.bytes ?? 0));
  }

  /** Requests every variant, unless it is ended: by its user, or because the stack does not answer. */
  async load(specs: readonly string[]): Promise<void> {
    const started = performance.now();
    this.all.value = specs.map((spec) => ({ spec }));
    const queue = specs.entries();
    const work = async () => {
      for (const [index, spec] of queue) {
        const variant = await this.#requestOne(spec);
        if (this.#isEnded) return;
        // The other worker may have changed the list since the request began.
        this.all.value = this.all.value.with(index, variant);
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, work));
    if (!this.#isEnded) this.tookMs.value = performance.now() - started;
  }

  readonly end = (): void => {
    this.#isEnded = true;
  };

  async #requestOne(spec: string): Promise<Variant> {
    try {
      return { spec, ...resultOf(await this.#request(spec)) };
    } catch (error) {
      const { message } = error as Error;
      if (error instanceof Unreachable && !this.#isEnded) {
        this.problem.value = message;
        this.end();
      }
      return { spec, rejected: { text: message } };
    }
  }
}

/** Returns the variant in the last of the answers, or the reason why there is none. */
function resultOf(legs: readonly Leg[]): Pick<Variant, "served" | "rejected"> {
  const answer = legs.at(-1);
  if (answer?.status !== 200) return { rejected: { status: answer?.status ?? 0, text: answer?.text ?? "" } };
  const { width = 0, height = 0, headers, bytes } = answer;
  const format = (headers["content-type"] ?? "").replace("image/", "").toUpperCase();
  const createdInMs = legs.length > 1 ? sum(legs.map(({ ms }) => ms)) : undefined;
  return { served: { width, height, format, bytes, createdInMs } };
}
