import type { Headers } from "../http/exchange";

/** An answer of the origin, whole. */
export interface StoredObject {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
  /** When the origin answered, and until when it is served without asking, in milliseconds since the epoch. */
  readonly storedAt: number;
  readonly freshUntil: number;
}

/** What an object costs beyond its body: headers and bookkeeping, roughly. */
const OVERHEAD_BYTES = 2048;

/** A cache bounded by bytes, which forgets what was used least recently. */
export class ObjectCache {
  readonly #objects = new Map<string, StoredObject>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  keys(): string[] {
    return [...this.#objects.keys()];
  }

  get(key: string): StoredObject | undefined {
    const object = this.#objects.get(key);
    if (object) {
      // A Map keeps the order of insertion: the first key is the one used least recently.
      this.#objects.delete(key);
      this.#objects.set(key, object);
    }
    return object;
  }

  set(key: string, object: StoredObject): void {
    this.delete(key);
    this.#objects.set(key, object);
    this.#bytes += sizeOf(object);
    for (const oldest of this.#objects.keys()) {
      if (this.#bytes <= this.#maxBytes) break;
      this.delete(oldest);
    }
  }

  delete(key: string): void {
    const object = this.#objects.get(key);
    if (!object) return;
    this.#objects.delete(key);
    this.#bytes -= sizeOf(object);
  }
}

function sizeOf({ body }: StoredObject): number {
  return body.length + OVERHEAD_BYTES;
}
