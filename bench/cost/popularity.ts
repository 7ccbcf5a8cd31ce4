import type { Random } from "../kit/random";

/**
 * Zipf's law: the r-th most popular of `count` has a share in proportion to r^-exponent. Shares add up to 1.
 *
 * Requests of web pages and pictures follow it with exponents of 0.64 to 0.83 (Breslau et al., "Web caching and Zipf-like
 * distributions", INFOCOM 1999).
 */
export function zipf(count: number, exponent: number): Float64Array {
  const shares = new Float64Array(count);
  let sum = 0;
  for (let index = 0; index < count; index++) sum += shares[index] = (index + 1) ** -exponent;
  for (let index = 0; index < count; index++) shares[index] = (shares[index] ?? 0) / sum;
  return shares;
}

/** Draws indexes with the given probabilities, each in constant time (Walker's alias method, as Vose builds it). */
export class AliasSampler {
  readonly #keep: Float64Array;
  readonly #alias: Int32Array;

  /** @param shares probabilities that add up to 1 */
  constructor(shares: ArrayLike<number>) {
    const count = shares.length;
    this.#keep = new Float64Array(count).fill(1);
    this.#alias = Int32Array.from({ length: count }, (_, index) => index);
    const scaled = Float64Array.from(shares, (share) => share * count);
    const small: number[] = [];
    const large: number[] = [];
    scaled.forEach((share, index) => (share < 1 ? small : large).push(index));
    for (;;) {
      const [less, more] = [small.pop(), large.pop()];
      if (less === undefined || more === undefined) break;
      const share = scaled[less] ?? 0;
      this.#keep[less] = share;
      this.#alias[less] = more;
      const rest = (scaled[more] ?? 0) + share - 1;
      scaled[more] = rest;
      (rest < 1 ? small : large).push(more);
    }
  }

  draw(random: Random): number {
    const at = random() * this.#keep.length;
    const index = Math.floor(at);
    return at - index < (this.#keep[index] ?? 1) ? index : (this.#alias[index] ?? index);
  }
}
