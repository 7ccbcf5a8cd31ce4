import http from "node:http";
import type { Leg, TryRequest } from "./contract";

/** A browser gives up here too. */
const MAX_LEGS = 20;
const MAX_TEXT_BYTES = 4096;

/**
 * Asks the CDN for a path as a viewer would and follows redirects within the stack.
 * @param endpoints whose servers are asked; a redirect to any other is shown and not followed
 */
export async function tryPath({ path, accept }: TryRequest, cdn: string, endpoints: readonly string[]): Promise<Leg[]> {
  const origins = endpoints.map((url) => new URL(url).origin);
  const legs: Leg[] = [];
  let url: string | undefined = cdn + requestTarget(path);
  while (url !== undefined && legs.length < MAX_LEGS) {
    const leg: Leg = await ask(url, accept);
    legs.push(leg);
    const { location } = leg.headers;
    const next: string | undefined = location === undefined ? undefined : new URL(location, url).href;
    url = next !== undefined && origins.includes(new URL(next).origin) ? next : undefined;
  }
  return legs;
}

/** A path as typed, made fit for a request line: nothing but what no URL may hold is encoded. */
function requestTarget(path: string): string {
  const target = path.startsWith("/") ? path : `/${path}`;
  return target.replace(/[^\x21-\x7e]|[#"<>\\^`{|}]/gu, (character) => encodeURIComponent(character));
}

function ask(url: string, accept: string): Promise<Leg> {
  const [, origin = "", target = ""] = /^(http:\/\/[^/]+)(.*)$/.exec(url) ?? [];
  const started = performance.now();
  return new Promise((resolve, reject) => {
    // The target goes out as it is: URL would take dot segments away before anybody could refuse them.
    const request = http.request(origin, { path: target || "/", headers: { accept }, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject);
      response.once("end", () => {
        const body = Buffer.concat(chunks);
        const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
        const isText = /^(text|application)\/(json|html|xml|plain)/.test(response.headers["content-type"] ?? "");
        resolve({
          url,
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(headers) as Record<string, string>,
          ms: performance.now() - started,
          bytes: body.length,
          ...(isText && body.length > 0 && body.length <= MAX_TEXT_BYTES ? { text: body.toString() } : {}),
        });
      });
    });
    request.once("error", reject);
    request.end();
  });
}
