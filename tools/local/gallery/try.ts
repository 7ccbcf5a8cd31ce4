import http from "node:http";
import sharp from "sharp";
import { readBody } from "../http/exchange";
import type { Leg, TryRequest } from "./contract";
import { reject } from "./rejection";

/** As many redirects as a browser follows. */
const MAX_LEGS = 20;
const MAX_TEXT_BYTES = 4096;

type Answer = Omit<Leg, "text" | "width" | "height"> & { readonly body: Buffer };

/**
 * Requests a path from the CDN as a client would and follows redirects within the stack.
 * @param endpoints the servers that may be requested; a redirect to any other is shown and not followed
 */
export async function tryPath(request: TryRequest, cdn: string, endpoints: readonly string[]): Promise<Leg[]> {
  return Promise.all((await follow(request, cdn, endpoints)).map(legOf));
}

/** Returns the image at a path of the CDN, in the format that a client receives which names none. @throws Rejection */
export async function imageAt(path: string, cdn: string, endpoints: readonly string[]) {
  const answer = (await follow({ path, accept: "*/*" }, cdn, endpoints)).at(-1);
  const contentType = answer?.headers["content-type"] ?? "";
  if (answer?.status !== 200 || !contentType.startsWith("image/")) reject(404, `There is no image at ${path}.`);
  return { contentType, body: answer.body };
}

async function follow({ path, accept }: TryRequest, cdn: string, endpoints: readonly string[]): Promise<Answer[]> {
  const origins = endpoints.map((url) => new URL(url).origin);
  const answers: Answer[] = [];
  for (let url: string | undefined = cdn + requestTarget(path); url !== undefined && answers.length < MAX_LEGS;) {
    const answer: Answer = await send(url, accept);
    answers.push(answer);
    const { location } = answer.headers;
    const next: URL | undefined = location === undefined ? undefined : new URL(location, url);
    url = next && origins.includes(next.origin) ? next.href : undefined;
  }
  return answers;
}

/** Describes the body of an answer: a short text by itself, an image by its dimensions. */
async function legOf({ body, ...leg }: Answer): Promise<Leg> {
  const type = leg.headers["content-type"] ?? "";
  const isText = /^(text|application)\/(json|html|xml|plain)/.test(type);
  if (isText && body.length > 0 && body.length <= MAX_TEXT_BYTES) return { ...leg, text: body.toString() };
  if (!type.startsWith("image/") || leg.status !== 200) return leg;
  const dimensions = await sharp(body)
    .metadata()
    .then(({ width, height }) => ({ width, height }))
    .catch(() => ({}));
  return { ...leg, ...dimensions };
}

/** Encodes in a path only what no URL can have. */
function requestTarget(path: string): string {
  const target = path.startsWith("/") ? path : `/${path}`;
  return target.replace(/[^\x21-\x7e]|[#"<>\\^`{|}]/gu, (character) => encodeURIComponent(character));
}

async function send(url: string, accept: string): Promise<Answer> {
  const [, origin = "", target = ""] = /^(http:\/\/[^/]+)(.*)$/.exec(url) ?? [];
  const started = performance.now();
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    // The target is sent as it is: URL would remove dot segments before the stack could reject them.
    http.get(origin, { path: target || "/", headers: { accept }, agent: false }, resolve).once("error", reject);
  });
  const body = await readBody(response);
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
  return {
    url,
    status: response.statusCode ?? 0,
    headers: Object.fromEntries(headers) as Record<string, string>,
    ms: performance.now() - started,
    bytes: body.length,
    body,
  };
}
