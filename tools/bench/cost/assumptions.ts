import type { Format } from "../../../functions/variant-key";

/** Assumptions: neither measured nor in the stack's config. Each is a number to doubt; the tables have them all. */
export const ASSUMPTIONS = {
  /** Wait of a miss for S3 beside its CPU, milliseconds: a GetObject and a PutObject in the region. */
  s3WaitMs: 50,
  /** Time of a rejected request in the function, milliseconds: nothing is read. */
  rejectionMs: 5,
  /** Start of a new process before its first request, milliseconds; billed since August 2025. */
  initMs: 400,
  /** Time that Lambda keeps an idle process, seconds. */
  idleSeconds: 300,
  /** Bytes that CloudFront sends beside an image: headers, and the redirects of a miss. */
  headerBytes: 700,
  /** Log lines of an invocation (the handler's own and three of Lambda's) and of a request to the API. */
  functionLogBytes: 900,
  apiLogBytes: 450,
  /** Share of the bytes that CloudWatch Logs stores, compressed. */
  logCompression: 0.15,
} as const;

/** Shares of clients by the best format that they support, where a stack makes it; the others receive the original's. */
export const FORMAT_SHARES: Readonly<Partial<Record<Format, number>>> = { avif: 0.93, webp: 0.05 };

/**
 * Returns the share of the views of each spec of a stack: every size the same, and of each size the best format that each
 * client supports.
 */
export function viewShares(sizes: readonly string[], formats: readonly Format[]): Map<string, number> {
  const { avif = 0, webp = 0 } = FORMAT_SHARES;
  const shares = new Map<string, number>();
  for (const size of sizes) {
    const ofAvif = formats.includes("avif") ? avif : 0;
    // A client that supports AVIF supports WebP, too.
    const ofWebp = formats.includes("webp") ? avif + webp - ofAvif : 0;
    if (formats.includes("avif")) shares.set(`${size}.avif`, ofAvif / sizes.length);
    if (formats.includes("webp")) shares.set(`${size}.webp`, ofWebp / sizes.length);
    shares.set(size, (1 - ofAvif - ofWebp) / sizes.length);
  }
  return shares;
}
