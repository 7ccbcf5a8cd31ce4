// The types that the gallery's server and its page share.
import type { AllowList } from "../../../functions/variant-key";
import type { LogLine, Part, Hop as TracedHop } from "../trace";

export type { LogLine, Part };

/** `GET /stack` */
export interface StackInfo {
  readonly stack: string;
  /** URLs by name, as `npm start` prints them. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly allowList: AllowList;
}

export interface Original {
  readonly key: string;
  readonly bytes: number;
}

/** `GET /originals?search=TEXT&count=60`: the first originals that match, in the order of their keys. */
export interface OriginalsPage {
  readonly originals: readonly Original[];
  /** Number of all that match. */
  readonly total: number;
}

/** `GET /permissions`: one action that a policy of the stack allows. */
export interface Permission {
  readonly id: string;
  /** Name of the role, or the principal of the bucket policy: `everyone`. */
  readonly who: string;
  /** `s3:PutObject` */
  readonly action: string;
  readonly resources: readonly string[];
  readonly denied: boolean;
}

/** `POST /try`: requests a path from the CDN and follows its redirects. */
export interface TryRequest {
  /** `/p_1/640w/a.jpg`; characters that no URL can have are percent-encoded, all others stay. */
  readonly path: string;
  /** The `Accept` header. */
  readonly accept: string;
}

/** One request of a try, and its answer. */
export interface Leg {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly ms: number;
  readonly bytes: number;
  /** The body, if it is a short text. */
  readonly text?: string;
}

export interface Hop extends TracedHop {
  /** Size of the original that the hop delivers a variant of. */
  readonly originalBytes?: number;
}

/** Events of `GET /events`, by their names. */
export interface Events {
  readonly hop: Hop;
  readonly log: LogLine;
  /** An original was put, replaced or deleted. */
  readonly original: { readonly key: string };
}
