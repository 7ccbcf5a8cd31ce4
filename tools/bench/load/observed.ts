/** What one request, or one viewer, came to. */
export interface Observed {
  /** Whether it was answered as expected. */
  readonly ok: boolean;
  /** Whether the answer came from the CDN's cache. */
  readonly hit: boolean;
  readonly requests: number;
  readonly ms: number;
}

/** Everything that a stack was asked in one go. */
export interface Burst {
  readonly seconds: number;
  readonly observed: readonly Observed[];
}

export interface LoadOptions {
  readonly connections: number;
  readonly seconds: number;
  /** Looked at between two requests: ends the load early. */
  readonly stopped: () => boolean;
}
