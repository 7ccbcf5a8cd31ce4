import type { IncomingHttpHeaders } from "node:http";
import { splitTarget } from "../http/exchange";
import type { TtlLimits } from "./ttl";

/** Which of a request's names take part: `none`, `all`, only those listed, or all but those listed. */
export interface Selection {
  readonly behavior: "none" | "all" | "whitelist" | "allExcept";
  readonly items: readonly string[];
}

/** What a cache policy says: how long, and what makes up the cache key and is sent to the origin. */
export interface CacheRules extends TtlLimits {
  readonly queryStrings: Selection;
  readonly cookies: Selection;
  readonly headers: Selection;
  /** Encodings that enter the key as a normalised `Accept-Encoding`. */
  readonly encodings: readonly ("br" | "gzip")[];
}

/** The part of a viewer's request that the origin gets, which is the cache key too. */
export interface ForwardedRequest {
  /** Path and query string. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Cuts a request down to what the rules let through. Parameters keep their order and their encoding. */
export function forwardedPart(rules: CacheRules, target: string, headers: IncomingHttpHeaders): ForwardedRequest {
  const [path, query] = splitTarget(target);
  const kept = query.split("&").filter((pair) => pair !== "" && selects(rules.queryStrings, nameOf(pair, decodeName)));
  const forwarded: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && name !== "cookie" && selects(lowerCase(rules.headers), name)) {
      forwarded[name] = value.toString();
    }
  }
  const cookies = (headers.cookie ?? "")
    .split(/; */)
    .filter((pair) => pair !== "" && selects(rules.cookies, nameOf(pair)));
  if (cookies.length > 0) forwarded.cookie = cookies.join("; ");
  const accepted = headers["accept-encoding"]?.toString() ?? "";
  const encodings = rules.encodings.filter((encoding) => new RegExp(`\\b${encoding}\\b`, "i").test(accepted));
  if (encodings.length > 0) forwarded["accept-encoding"] = encodings.join(",");
  return { target: kept.length > 0 ? `${path}?${kept.join("&")}` : path, headers: forwarded };
}

export function cacheKey({ target, headers }: ForwardedRequest): string {
  return JSON.stringify([target, Object.entries(headers).sort()]);
}

/** The target of a cache key. */
export function cachedTarget(key: string): string {
  return (JSON.parse(key) as [string, unknown])[0];
}

function selects({ behavior, items }: Selection, name: string): boolean {
  if (behavior === "none" || behavior === "all") return behavior === "all";
  return items.includes(name) === (behavior === "whitelist");
}

function lowerCase({ behavior, items }: Selection): Selection {
  return { behavior, items: items.map((item) => item.toLowerCase()) };
}

function nameOf(pair: string, decode: (name: string) => string = (name) => name): string {
  return decode(pair.split("=", 1)[0] ?? "");
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
