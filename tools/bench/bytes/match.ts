/** What came out at one quality. */
export interface Tried {
  readonly bytes: number;
  readonly ssim: number;
  readonly cpuMs: number;
}

/** What an encoder needs to be as similar as was asked: between two qualities, most of the time. */
export interface Match {
  readonly quality: number;
  readonly bytes: number;
  readonly cpuMs: number;
}

const WORST = 1;
const BEST = 100;
const FIRST_STEP = 4;

/**
 * Finds the bytes at which an encoder is as similar to the picture as was asked: it encloses the quality between two
 * neighbours, and reads between their lines, bytes on a logarithmic scale.
 * @param tryOut encodes at a quality from 1 to 100; the better the more similar
 * @param guess the quality to start from: the nearer, the fewer files are made
 * @returns undefined where the encoder's worst is better, or its best worse
 */
export async function matchSimilarity(
  tryOut: (quality: number) => Promise<Tried>,
  ssim: number,
  guess: number,
): Promise<Match | undefined> {
  let low: (Tried & { quality: number }) | undefined;
  let high: (Tried & { quality: number }) | undefined;
  let step = FIRST_STEP;
  for (let quality = guess; ; step *= 2) {
    const tried = { quality, ...(await tryOut(quality)) };
    if (tried.ssim < ssim) low = tried;
    else high = tried;
    if (low && high) {
      if (high.quality - low.quality <= 1) return between(low, high, ssim);
      quality = Math.round(low.quality + (high.quality - low.quality) * shareOf(low, high, ssim));
      quality = Math.min(high.quality - 1, Math.max(low.quality + 1, quality));
    } else if (low) {
      if (quality === BEST) return undefined;
      quality = Math.min(BEST, quality + step);
    } else {
      if (quality === WORST) return undefined;
      quality = Math.max(WORST, quality - step);
    }
  }
}

function between(low: Tried & { quality: number }, high: Tried & { quality: number }, ssim: number): Match {
  const share = shareOf(low, high, ssim);
  return {
    quality: low.quality + (high.quality - low.quality) * share,
    bytes: low.bytes * (high.bytes / low.bytes) ** share,
    cpuMs: low.cpuMs + (high.cpuMs - low.cpuMs) * share,
  };
}

/** Where a similarity lies between two, 0 to 1. */
function shareOf(low: Tried, high: Tried, ssim: number): number {
  return (ssim - low.ssim) / (high.ssim - low.ssim);
}
