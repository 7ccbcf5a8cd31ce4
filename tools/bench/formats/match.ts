/** An image encoded at one quality. */
export interface Encoded {
  readonly bytes: number;
  /** Similarity to the image before it was encoded. */
  readonly ssim: number;
  readonly cpuMs: number;
}

/** Quality at which an encoder has the wanted similarity, most of the time between two whole ones. */
export interface Match {
  readonly quality: number;
  readonly bytes: number;
  readonly cpuMs: number;
}

type EncodedAt = Encoded & { readonly quality: number };

const WORST = 1;
const BEST = 100;
const FIRST_STEP = 4;

/**
 * Finds the bytes at which an encoder has a similarity: between two neighbouring qualities, interpolated, bytes on a
 * logarithmic scale.
 * @param encode encodes at a quality from 1 to 100; higher is more similar
 * @param guess the quality to begin with: a near one needs fewer encodings
 * @returns undefined where the encoder's worst is more similar, or its best less
 */
export async function matchSimilarity(
  encode: (quality: number) => Promise<Encoded>,
  ssim: number,
  guess: number,
): Promise<Match | undefined> {
  let low: EncodedAt | undefined;
  let high: EncodedAt | undefined;
  let step = FIRST_STEP;
  for (let quality = guess; ; step *= 2) {
    const encoded = { quality, ...(await encode(quality)) };
    if (encoded.ssim < ssim) low = encoded;
    else high = encoded;
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

function between(low: EncodedAt, high: EncodedAt, ssim: number): Match {
  const share = shareOf(low, high, ssim);
  return {
    quality: low.quality + (high.quality - low.quality) * share,
    bytes: low.bytes * (high.bytes / low.bytes) ** share,
    cpuMs: low.cpuMs + (high.cpuMs - low.cpuMs) * share,
  };
}

/** Returns the position of a similarity between two, 0 to 1. */
function shareOf(low: Encoded, high: Encoded, ssim: number): number {
  return (ssim - low.ssim) / (high.ssim - low.ssim);
}
