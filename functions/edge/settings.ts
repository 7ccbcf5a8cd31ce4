import type { AllowList, Format } from "../variant-key";

/** Everything that the edge function knows. It has no environment: the stack's config is a part of its code. */
export interface EdgeSettings {
  readonly allowList: AllowList;
  /** The formats that a viewer may be given in place of the original's, the preferred one first. */
  readonly negotiated: readonly Format[];
  /** Whether keys that no variant and no original can have are refused here. */
  readonly refusals: boolean;
  /** Whether the origin is told the key in the query string, as `?key=`, beside the path. */
  readonly keyInQuery: boolean;
}
