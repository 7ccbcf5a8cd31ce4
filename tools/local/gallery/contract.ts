// The types that the gallery's server and its page share.
import type { Fit, Position } from "../../../functions/resizer/settings";
import type { AllowList } from "../../../functions/variant-key";
import type { AccessKey } from "../aws/credentials";
import type { LogLine, Part, Hop as TracedHop } from "../trace";

export type { LogLine, Part };

/** `GET /stack` */
export interface StackInfo {
  readonly stack: string;
  /** URLs by name, as `npm start` prints them. */
  readonly endpoints: Readonly<Record<string, string>>;
  readonly allowList: AllowList;
  readonly bucket: string;
  readonly region: string;
  /** An administrator's keys for the local S3. */
  readonly accessKey: AccessKey;
  /** The way in which a `WxH` size is filled. */
  readonly fit: Fit;
  readonly position: Position;
  /** Largest original, in bytes. */
  readonly maxInputBytes: number;
}

export interface Original {
  readonly key: string;
  readonly bytes: number;
}

/** `GET /originals?search=TEXT&from=0&count=60`: originals that match, those that were put last first, then by their keys. */
export interface OriginalsPage {
  readonly originals: readonly Original[];
  /** Number of all that match. */
  readonly total: number;
}

/** `GET /original?key=KEY&search=TEXT` */
export interface OriginalDetails extends Original {
  /** Of the upright image; none of a file that is no image. */
  readonly width?: number;
  readonly height?: number;
  /** The keys beside it in the list of those that match. */
  readonly previous?: string | undefined;
  readonly next?: string | undefined;
}

/** `GET /crops?key=KEY&size=360x270`: the part of an upright original that a crop keeps, in its pixels. */
export interface Crop {
  readonly position: "attention" | "centre";
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
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
  /** Of an image. */
  readonly width?: number;
  readonly height?: number;
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
  readonly original: { readonly key: string; readonly isDeleted: boolean };
  /** The first one of each connection: the id of the stack's run. */
  readonly run: string;
}
