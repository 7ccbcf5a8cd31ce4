const MAX_ENTRIES = 10_000;

/**
 * Remembers what was decided as long as the policies stay as they are. Sound because nothing else enters into a decision:
 * the key holds the whole request, and no time or address is part of it.
 */
export class DecisionCache<T> {
  #version = -1;
  readonly #entries = new Map<string, Promise<T>>();

  get(key: string, version: number, decide: () => Promise<T>): Promise<T> {
    if (version !== this.#version || this.#entries.size >= MAX_ENTRIES) {
      this.#entries.clear();
      this.#version = version;
    }
    const known = this.#entries.get(key);
    if (known) return known;
    const decision = decide();
    this.#entries.set(key, decision);
    return decision;
  }
}
