import { failureOf } from "@image-resizer/lib/fetch-failure";
import { encodeKey } from "../../functions/variant-key";

/** Response to one request for a variant. */
export type Answer = Success | Failed;

/** The variant is in the bucket: created by this request, or existing before it. */
export interface Success {
  readonly kind: "created" | "existing";
}

export interface Failed {
  readonly kind: "failed";
  /** Null without a response, or after too many redirects. */
  readonly status: number | null;
  /** A sentence. */
  readonly reason: string;
  /** Pause before another request that the stack asks for; undefined if another request would have the same result. */
  readonly retryAfterMs?: number;
}

/** A miss has two redirects; a large variant of a stack with failover delivery has one. */
const MAX_REDIRECTS = 4;
/** API Gateway gives up after 30 s. */
const TIMEOUT_MS = 35_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Statuses below 500 after which another attempt may succeed. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429]);

/**
 * Requests a variant from the CDN as a client without a preferred format does, and follows redirects to the variant.
 * With HEAD, the variant is created and its delivery seen, but none of its bytes are transferred or paid for.
 */
export async function requestVariant(
  { cdnUrl, apiUrl }: { readonly cdnUrl: string; readonly apiUrl: string },
  key: string,
): Promise<Answer> {
  const origins = [cdnUrl, apiUrl].map((url) => new URL(url).origin);
  let url = new URL(`${cdnUrl}/${encodeKey(key)}`);
  try {
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await send("HEAD", url);
      const { status, headers } = response;
      const location = REDIRECTS.has(status) ? headers.get("location") : null;
      if (location === null) return await answerOf(response, url, redirects > 0);
      url = new URL(location, url);
      if (!origins.includes(url.origin)) {
        return { kind: "failed", status, reason: `The redirect to ${url.origin} leaves the stack.` };
      }
    }
  } catch (error) {
    return { kind: "failed", status: null, reason: `There was no response: ${failureOf(error)}.`, retryAfterMs: 0 };
  }
  const reason = `There were more than ${MAX_REDIRECTS} redirects.`;
  return { kind: "failed", status: null, reason, retryAfterMs: 0 };
}

function send(method: "GET" | "HEAD", url: URL): Promise<Response> {
  return fetch(url, { method, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
}

async function answerOf({ status, headers }: Response, url: URL, redirected: boolean): Promise<Answer> {
  if (status === 200) return { kind: redirected || isFromApi(headers) ? "created" : "existing" };
  const reason = `The stack answered with ${status}.`;
  if (status < 500 && !TRANSIENT.has(status)) {
    return { kind: "failed", status, reason: (await messageOf(url)) ?? reason };
  }
  return { kind: "failed", status, reason, retryAfterMs: retryAfter(headers.get("retry-after"), Date.now()) };
}

/** Returns whether CloudFront has this response from the API, which marks its responses, and not from its cache. */
function isFromApi(headers: Headers): boolean {
  return headers.has("apigw-requestid") && !/^(?:Refresh)?Hit/i.test(headers.get("x-cache") ?? "");
}

/** Returns the stack's own message, which a response to HEAD does not have. */
async function messageOf(url: URL): Promise<string | undefined> {
  try {
    const { message } = (await (await send("GET", url)).json()) as { readonly message?: unknown };
    return typeof message === "string" ? message : undefined;
  } catch {
    // CloudFront and S3 answer in HTML; and a missing second response does not change the first.
    return undefined;
  }
}

/** Returns a `Retry-After`, in seconds or as a date, in milliseconds from now; 0 for none or an invalid one. */
export function retryAfter(header: string | null, nowMs: number): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Math.max(0, ms || 0);
}
