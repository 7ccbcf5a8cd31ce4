import type { IncomingHttpHeaders } from "node:http";
import type { Headers } from "../http/exchange";
import type { StoredObject } from "./object-cache";

/** What a viewer gets. */
export interface ViewerAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

const EMPTY = Buffer.alloc(0);

/** The answer made from a whole object for what the viewer asked: all of it, a part (`Range`), or nothing new (304). */
export function answerFrom(object: StoredObject, viewer: IncomingHttpHeaders): ViewerAnswer {
  const { status, headers, body } = object;
  if (status !== 200) return { status, headers, body };
  if (isUnchanged(object, viewer)) return { status: 304, headers: without(headers, "content-length"), body: EMPTY };

  const range = viewer.range !== undefined && rangeStillApplies(object, viewer) ? viewer.range : undefined;
  const parsed = range === undefined ? undefined : parseRange(range, body.length);
  if (parsed === undefined) return { status, headers, body };
  if (parsed === "unsatisfiable") {
    return { status: 416, headers: { "content-range": `bytes */${body.length}` }, body: EMPTY };
  }
  const { first, last } = parsed;
  return {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${first}-${last}/${body.length}` },
    body: body.subarray(first, last + 1),
  };
}

/** `If-None-Match`, by weak comparison, and where it is absent `If-Modified-Since` (RFC 9110, 13.2.2). */
function isUnchanged({ headers }: StoredObject, viewer: IncomingHttpHeaders): boolean {
  const wanted = viewer["if-none-match"];
  if (wanted !== undefined) {
    const etag = headers.etag?.toString();
    const tags = wanted.split(",").map((tag) => weak(tag.trim()));
    return etag !== undefined && (wanted.trim() === "*" || tags.includes(weak(etag)));
  }
  const since = Date.parse(viewer["if-modified-since"] ?? "");
  return Date.parse(headers["last-modified"]?.toString() ?? "") <= since;
}

/** `If-Range`: the part is of use only if the rest of it is of this very object. */
function rangeStillApplies({ headers }: StoredObject, viewer: IncomingHttpHeaders): boolean {
  const condition = viewer["if-range"]?.toString();
  return condition === undefined || condition === headers.etag || condition === headers["last-modified"];
}

/** One range of bytes; several at once, or another unit, are answered with the whole. */
function parseRange(header: string, length: number): { first: number; last: number } | "unsatisfiable" | undefined {
  const [matched, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(header.trim()) ?? [];
  if (matched === undefined || (from === "" && to === "")) return undefined;
  const first = from === "" ? Math.max(0, length - Number(to)) : Number(from);
  const last = from === "" || to === "" ? length - 1 : Math.min(Number(to), length - 1);
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
  return first > last ? "unsatisfiable" : { first, last };
}

function weak(etag: string): string {
  return etag.replace(/^W\//, "");
}

function without(headers: Headers, name: string): Headers {
  return Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
}
