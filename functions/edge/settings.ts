import type { AllowList, Format } from "../variant-key";

/** Settings of the edge function. It has no environment: they are a part of its code. */
export interface EdgeSettings {
  readonly allowList: AllowList;
  /** Formats that a client may get in place of the original's, the preferred one first. */
  readonly negotiated: readonly Format[];
  /** True if keys that no variant and no original can have are rejected here. */
  readonly validate: boolean;
  /** False if keys that name no size are rejected, too. */
  readonly serveOriginals: boolean;
  /** True if the origin gets the key in the query string, as `?key=`, beside the path. */
  readonly keyInQuery: boolean;
}
