/** Numbers from 0 up to, not including, 1. */
export type Random = () => number;

/** A generator of its own (sfc32: 128 bits of state, period above 2^60): a seed always gives the same numbers. */
export function seeded(seed: number): Random {
  let a = 0x9e3779b9;
  let b = 0x243f6a88;
  let c = seed | 0;
  let counter = 1;
  const next = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 0x1_0000_0000;
  };
  // The first few numbers of neighbouring seeds are alike.
  for (let round = 0; round < 16; round++) next();
  return next;
}
