import http from "node:http";
import { readBody } from "../http/exchange";
import type { Leg, TryRequest } from "./contract";

/** As many redirects as a browser follows. */
const MAX_LEGS = 20;
const MAX_TEXT_BYTES = 4096;

/**
 * Requests a path from the CDN as a client would and follows redirects within the stack.
 * @param endpoints the servers that may be requested; a redirect to any other is shown and not followed
 */
export async function tryPath({ path, accept }: TryRequest, cdn: string, endpoints: readonly string[]): Promise<Leg[]> {
  const origins = endpoints.map((url) => new URL(url).origin);
  const legs: Leg[] = [];
  for (let url: string | undefined = cdn + requestTarget(path); url !== undefined && legs.length < MAX_LEGS;) {
    const leg: Leg = await send(url, accept);
    legs.push(leg);
    const next: URL | undefined = leg.headers.location === undefined ? undefined : new URL(leg.headers.location, url);
    url = next && origins.includes(next.origin) ? next.href : undefined;
  }
  return legs;
}

/** Encodes in a path only what no URL can have. */
function requestTarget(path: string): string {
  const target = path.startsWith("/") ? path : `/${path}`;
  return target.replace(/[^\x21-\x7e]|[#"<>\\^`{|}]/gu, (character) => encodeURIComponent(character));
}

async function send(url: string, accept: string): Promise<Leg> {
  const [, origin = "", target = ""] = /^(http:\/\/[^/]+)(.*)$/.exec(url) ?? [];
  const started = performance.now();
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    // The target is sent as it is: URL would remove dot segments before the stack could reject them.
    http.get(origin, { path: target || "/", headers: { accept }, agent: false }, resolve).once("error", reject);
  });
  const body = await readBody(response);
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
  const isText = /^(text|application)\/(json|html|xml|plain)/.test(response.headers["content-type"] ?? "");
  return {
    url,
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers) as Record<string, string>,
    ms: performance.now() - started,
    bytes: body.length,
    ...(isText && body.length > 0 && body.length <= MAX_TEXT_BYTES ? { text: body.toString() } : {}),
  };
}
