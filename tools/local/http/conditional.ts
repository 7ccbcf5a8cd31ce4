// Conditional and range requests for a whole object (RFC 9110, 13 and 14).
import type { IncomingHttpHeaders } from "node:http";

/** Validators of an object, as its headers carry them. */
interface Validators {
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
}

/** First and last byte of a part, both inclusive. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** Evaluates `If-None-Match`, by weak comparison, and without it `If-Modified-Since`. */
export function isNotModified(request: IncomingHttpHeaders, { etag, lastModified = "" }: Validators): boolean {
  const wanted = request["if-none-match"];
  if (wanted === undefined) return Date.parse(lastModified) <= Date.parse(request["if-modified-since"] ?? "");
  const tags = wanted.split(",").map((tag) => weak(tag.trim()));
  return etag !== undefined && (wanted.trim() === "*" || tags.includes(weak(etag)));
}

/**
 * Reads the one range of bytes that is requested; undefined for the whole object, which also answers several ranges,
 * other units, and an `If-Range` of another object.
 */
export function requestedRange(
  request: IncomingHttpHeaders,
  { etag, lastModified }: Validators,
  length: number,
): Range | "unsatisfiable" | undefined {
  const condition = request["if-range"]?.toString();
  if (condition !== undefined && condition !== etag && condition !== lastModified) return undefined;
  const [matched, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(request.range?.trim() ?? "") ?? [];
  if (matched === undefined || (from === "" && to === "")) return undefined;
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
  const first = from === "" ? Math.max(0, length - Number(to)) : Number(from);
  const last = from === "" || to === "" ? length - 1 : Math.min(Number(to), length - 1);
  return first > last ? "unsatisfiable" : { first, last };
}

function weak(etag: string): string {
  return etag.replace(/^W\//, "");
}
