import type { Format } from "../../../functions/variant-key";

/** What is neither measured nor in the stack's config. Each is a number to doubt; the report prints them all. */
export const ASSUMPTIONS = {
  /** A miss's wait for S3 beside its CPU, milliseconds: a GetObject and a PutObject in the region. */
  s3WaitMs: 50,
  /** A refused request's time in the function, milliseconds: nothing is read. */
  refusalMs: 5,
  /** What a new process takes before its first request, milliseconds; billed since August 2025. */
  initMs: 400,
  /** How long an idle process is kept, seconds. */
  idleSeconds: 300,
  /** What CloudFront sends beside a picture: headers, and the redirects of a miss. */
  headerBytes: 700,
  /** Log lines of an invocation (the handler's own and Lambda's three) and of a request to the API. */
  functionLogBytes: 900,
  apiLogBytes: 450,
  /** CloudWatch Logs stores text compressed: this share is left. */
  logCompression: 0.15,
} as const;

/** The formats that viewers can show, as shares, where a stack makes them; the rest gets the original's format. */
export const FORMAT_SHARES: Readonly<Partial<Record<Format, number>>> = { avif: 0.93, webp: 0.05 };

/**
 * The share of the views that each spec of a stack has: every size the same, and of each size every viewer the best
 * format that it can show.
 */
export function viewShares(sizes: readonly string[], formats: readonly Format[]): Map<string, number> {
  const shares = new Map<string, number>();
  const each = 1 / sizes.length;
  for (const size of sizes) {
    let left = 1;
    // A viewer that shows AVIF shows WebP, too.
    if (formats.includes("avif")) left -= take(shares, `${size}.avif`, each, FORMAT_SHARES.avif ?? 0);
    if (formats.includes("webp")) {
      const webp = (FORMAT_SHARES.webp ?? 0) + (formats.includes("avif") ? 0 : (FORMAT_SHARES.avif ?? 0));
      left -= take(shares, `${size}.webp`, each, webp);
    }
    shares.set(size, left * each);
  }
  return shares;
}

function take(shares: Map<string, number>, spec: string, each: number, share: number): number {
  shares.set(spec, share * each);
  return share;
}
