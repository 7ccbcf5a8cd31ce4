/** An image encoded at one quality. */
export interface Encoded {
  readonly bytes: number;
  /** Similarity to the image before it was encoded: its score in SSIMULACRA 2. */
  readonly score: number;
  readonly cpuMs: number;
}

/** Quality at which an encoder has the wanted score, most of the time between two whole ones. */
export interface Match {
  readonly quality: number;
  readonly bytes: number;
  readonly cpuMs: number;
}

type EncodedAt = Encoded & { readonly quality: number };

const WORST = 1;
const BEST = 100;
const FIRST_STEP = 4;
/** Qualities that are this close have bytes and scores in proportion, but for the scatter of a single one. */
const CLOSE = 4;

/**
 * Finds the bytes at which an encoder has a score: between two qualities that are close, interpolated, bytes on a
 * logarithmic scale.
 * @param encode encodes at a quality from 1 to 100; higher is more similar
 * @param guess the quality to begin with: a near one needs fewer encodings
 * @returns undefined where the encoder's worst has a higher score, or its best a lower one
 */
export async function matchScore(
  encode: (quality: number) => Promise<Encoded>,
  score: number,
  guess: number,
): Promise<Match | undefined> {
  let low: EncodedAt | undefined;
  let high: EncodedAt | undefined;
  let step = FIRST_STEP;
  for (let quality = guess; ; step *= 2) {
    const encoded = { quality, ...(await encode(quality)) };
    if (encoded.score < score) low = encoded;
    else high = encoded;
    if (low && high) {
      if (high.quality - low.quality <= CLOSE) return between(low, high, score);
      quality = Math.round(low.quality + (high.quality - low.quality) * shareOf(low, high, score));
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

function between(low: EncodedAt, high: EncodedAt, score: number): Match {
  const share = shareOf(low, high, score);
  return {
    quality: low.quality + (high.quality - low.quality) * share,
    bytes: low.bytes * (high.bytes / low.bytes) ** share,
    cpuMs: low.cpuMs + (high.cpuMs - low.cpuMs) * share,
  };
}

/** Returns the position of a score between two, 0 to 1. */
function shareOf(low: Encoded, high: Encoded, score: number): number {
  return (score - low.score) / (high.score - low.score);
}
