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
