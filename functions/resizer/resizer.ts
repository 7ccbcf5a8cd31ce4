import { type AllowList, parseVariantKey, type VariantKey } from "../variant-key";
import type { Deadline } from "./deadline";
import { type Image, resize } from "./image";
import { Refusal } from "./refusal";
import type { Settings } from "./settings";
import type { Store } from "./store";

/** A variant that was in the bucket before the request. */
export interface Found {
  readonly key: string;
  /** As the key names it. */
  readonly size: string;
}

/** A variant that the request created, and what it took. */
export interface Created extends Found {
  readonly image: Image;
  /** False where another request had written the variant first. */
  readonly written: boolean;
  /** The entity tag of the variant in the bucket, with its quotes, where this request has written it. */
  readonly etag?: string;
  readonly bytesIn: number;
}

/** Result of a request. */
export type Outcome = Found | Created;

/**
 * Creates variants: one HeadObject of the variant beside the GetObject of its original, and one PutObject each, shared by the
 * requests that ask for it at the same time. A variant that exists costs the HeadObject, and a GetObject that is dropped.
 */
export class Resizer {
  readonly #inFlight = new Map<string, Promise<Outcome>>();

  constructor(
    private readonly settings: Settings,
    private readonly store: Store,
  ) {}

  /**
   * Creates the variant that one of `keys` names: the first that is well-formed, allowed, and has an original.
   * @throws Refusal of the key that came furthest, where none can be created
   */
  async make(keys: readonly string[], deadline: Deadline): Promise<Outcome> {
    let refusal = new Refusal("malformed-key", "The query names no key: expected ?key=[prefix/]size[.format]/file.");
    for (const key of keys) {
      try {
        return await this.#makeOnce(readKey(key, this.settings.allowList), deadline);
      } catch (error) {
        if (!(error instanceof Refusal && namesNothing(error))) throw error;
        if (refusal.status === 400 || error.code === "original-not-found") refusal = error;
      }
    }
    throw refusal;
  }

  #makeOnce(variant: VariantKey, deadline: Deadline): Promise<Outcome> {
    const running = this.#inFlight.get(variant.key);
    if (running) return running;
    const outcome = this.#makeVariant(variant, deadline);
    const forget = () => {
      if (this.#inFlight.get(variant.key) === outcome) this.#inFlight.delete(variant.key);
    };
    this.#inFlight.set(variant.key, outcome);
    outcome.then(forget, forget);
    // What is late will fail, if it ever ends: the next request has time of its own.
    deadline.signal.addEventListener("abort", forget, { once: true });
    return outcome;
  }

  async #makeVariant({ key, original: originalKey, spec }: VariantKey, deadline: Deadline): Promise<Outcome> {
    const size = spec.size.text;
    const dropped = new AbortController();
    const reading = this.store.readOriginal(originalKey, AbortSignal.any([deadline.signal, dropped.signal]));
    // Its error is of interest only where the variant is missing, and awaited there.
    reading.catch(() => undefined);
    if (await this.store.has(key, deadline.signal)) {
      dropped.abort();
      return { key, size };
    }
    const original = await reading;
    const image = await resize(original.bytes, spec, this.settings, deadline.secondsLeft);
    const written = await this.store.writeVariant(key, image, original, deadline.signal);
    return { key, size, image, ...written, bytesIn: original.bytes.length };
  }
}

/** Returns whether another reading of the query may still name a variant. */
function namesNothing(refusal: Refusal): boolean {
  return refusal.status === 400 || refusal.status === 404;
}

function readKey(key: string, allowList: AllowList): VariantKey {
  const variant = parseVariantKey(key, allowList);
  if ("refused" in variant) throw new Refusal(variant.refused, variant.message);
  return variant;
}
