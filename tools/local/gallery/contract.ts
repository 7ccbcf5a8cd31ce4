// What the gallery's server and its page say to each other. Types only: nothing of it is left at run time.
import type { AllowList } from "../../../functions/variant-key";

export type { Hop, LogLine } from "../trace";

/** `GET /stack` */
export interface StackInfo {
  readonly stack: string;
  readonly bucket: string;
  /** URLs by name, as `npm start` prints them. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly allowList: AllowList;
}

export interface Original {
  readonly key: string;
  readonly bytes: number;
  readonly etag: string;
}

/** `GET /originals?after=KEY`: a page of the originals in the order of their keys. */
export interface OriginalsPage {
  readonly originals: readonly Original[];
  /** How many there are in all. */
  readonly total: number;
  /** Whether there are more after the last. */
  readonly isMore: boolean;
}

/** `GET /permissions`: one action that a policy of the stack allows. */
export interface Permission {
  readonly id: string;
  /** The role, or who the bucket's policy means: `everyone`. */
  readonly who: string;
  /** `s3:PutObject` */
  readonly action: string;
  readonly resources: readonly string[];
  readonly denied: boolean;
}

/** `POST /try`: asks the CDN for a path and follows its redirects. */
export interface TryRequest {
  /** `/p_1/640w/a.jpg`; characters that no URL has are percent-encoded, all others stay. */
  readonly path: string;
  /** The `Accept` header. */
  readonly accept: string;
}

/** One request and its answer on the way of a try. */
export interface Leg {
  readonly url: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly ms: number;
  readonly bytes: number;
  /** The body, where it is a short text. */
  readonly text?: string;
}

/** Events of `GET /events`, by their names. */
export interface Events {
  readonly hop: import("../trace").Hop;
  readonly log: import("../trace").LogLine;
  /** An original was put, replaced or deleted. */
  readonly original: { readonly key: string };
}
