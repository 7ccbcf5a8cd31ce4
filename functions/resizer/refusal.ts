import { KEY_REFUSAL_STATUS } from "../variant-key";

/** HTTP status of each reason, and whether a cache may keep the answer for a while. */
const REFUSALS = {
  "not-from-cdn": { status: 403, cacheable: false },
  "malformed-key": { status: KEY_REFUSAL_STATUS["malformed-key"], cacheable: false },
  "size-not-allowed": { status: KEY_REFUSAL_STATUS["size-not-allowed"], cacheable: true },
  "format-not-allowed": { status: KEY_REFUSAL_STATUS["format-not-allowed"], cacheable: true },
  "original-not-found": { status: 404, cacheable: true },
  "input-too-large": { status: 413, cacheable: true },
  "not-an-image": { status: 415, cacheable: true },
  "undecodable-image": { status: 422, cacheable: true },
  "internal-error": { status: 500, cacheable: false },
  unavailable: { status: 503, cacheable: false },
} as const;

export type RefusalCode = keyof typeof REFUSALS;

/** Every reason. */
export const REFUSAL_CODES = Object.keys(REFUSALS) as readonly RefusalCode[];

/** Returns the error of an original that is damaged, or that its decoder takes for it. */
export function damaged(cause?: unknown): Refusal {
  return new Refusal("undecodable-image", "The original is damaged and cannot be decoded.", { cause });
}

/** A variant that is not created, with the reason for the client. The cause goes to the log alone. */
export class Refusal extends Error {
  readonly status: number;
  readonly cacheable: boolean;

  constructor(
    readonly code: RefusalCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    ({ status: this.status, cacheable: this.cacheable } = REFUSALS[code]);
  }
}
