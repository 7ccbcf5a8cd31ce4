import { encodeKey } from "../../functions/variant-key";
import type { Target } from "./target";

/** What came of asking for a variant once. */
export type Answer = Given | Refused | Failed;

/** The variant is in the bucket, and was not before or was. */
export interface Given {
  readonly kind: "made" | "there";
}

/** It would be no different the next time. */
export interface Refused {
  readonly kind: "refused";
  readonly status: number;
  /** A sentence. */
  readonly reason: string;
}

/** It may be different the next time. */
export interface Failed {
  readonly kind: "failed";
  /** Null where there was no answer, or no end of redirects. */
  readonly status: number | null;
  readonly reason: string;
  /** Whether the stack has more to do than it can, or may. */
  readonly busy: boolean;
  /** How long it asks to be left alone, in milliseconds; 0 where it does not. */
  readonly retryAfterMs: number;
}

/** A miss has two redirects; a large variant of a stack that fails over has one. */
const MAX_REDIRECTS = 4;
/** API Gateway gives up after 30 s. */
const TIMEOUT_MS = 35_000;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Answers of below 500 that another attempt may better. */
const TRANSIENT: ReadonlySet<number> = new Set([408, 425, 429]);
/** API Gateway's answer beyond its throttle, and its or the function's where AWS has no room for more. */
const BUSY: ReadonlySet<number> = new Set([429, 503]);

/** A variant's URL at the CDN. */
export function variantUrl({ cdnUrl }: Pick<Target, "cdnUrl">, key: string): string {
  return `${cdnUrl}/${encodeKey(key)}`;
}

/**
 * Asks the CDN for a variant as a viewer does who takes no format in particular, redirects followed to the variant
 * itself. With HEAD: the variant is made and its delivery seen, and none of its bytes are paid for.
 */
export async function ask(target: Pick<Target, "cdnUrl" | "apiUrl">, key: string): Promise<Answer> {
  const origins = [target.cdnUrl, target.apiUrl].map((url) => new URL(url).origin);
  let url = new URL(variantUrl(target, key));
  try {
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      const response = await request(url, "HEAD");
      const next = redirectOf(response, url);
      if (next === undefined) return await judge(response, url, redirects > 0);
      if (!origins.includes(next.origin)) {
        const reason = `It is redirected to ${next.origin}, which is not of the stack.`;
        return { kind: "refused", status: response.status, reason };
      }
      url = next;
    }
  } catch (error) {
    return unanswered(reasonOf(error));
  }
  return unanswered(`It is redirected more than ${MAX_REDIRECTS} times.`);
}

function request(url: URL, method: "GET" | "HEAD"): Promise<Response> {
  return fetch(url, { method, redirect: "manual", signal: AbortSignal.timeout(TIMEOUT_MS) });
}

function redirectOf({ status, headers }: Response, from: URL): URL | undefined {
  const location = headers.get("location");
  return REDIRECTS.has(status) && location !== null ? new URL(location, from) : undefined;
}

async function judge(response: Response, url: URL, redirected: boolean): Promise<Answer> {
  const { status, headers } = response;
  if (status === 200) return { kind: redirected || isFromApi(headers) ? "made" : "there" };
  if (status < 500 && !TRANSIENT.has(status)) return { kind: "refused", status, reason: await whyRefused(url, status) };
  const reason = `The stack answered with ${status}.`;
  return {
    kind: "failed",
    status,
    reason,
    busy: BUSY.has(status),
    retryAfterMs: retryAfter(headers.get("retry-after"), Date.now()),
  };
}

/** Whether CloudFront has just got the variant from the API, which signs its answers, and not from its cache. */
function isFromApi(headers: Headers): boolean {
  return headers.has("apigw-requestid") && !/^(?:Refresh)?Hit/i.test(headers.get("x-cache") ?? "");
}

/** The stack's own words, which a HEAD does not get. */
async function whyRefused(url: URL, status: number): Promise<string> {
  try {
    const answer = await request(url, "GET");
    const { message } = JSON.parse(await answer.text()) as { readonly message?: unknown };
    if (typeof message === "string") return message;
  } catch {
    // CloudFront and S3 explain themselves in HTML; and no answer now takes nothing from the one that was given.
  }
  return `The stack answered with ${status}.`;
}

/** A `Retry-After` in seconds or as a date, in milliseconds from now; 0 for none or one that is neither. */
export function retryAfter(header: string | null, now: number): number {
  if (header === null) return 0;
  const ms = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Math.max(0, ms || 0);
}

function unanswered(reason: string): Failed {
  return { kind: "failed", status: null, reason, busy: false, retryAfterMs: 0 };
}

function reasonOf(error: unknown): string {
  // fetch says only that it failed, and its cause why.
  const { message, cause } = error as Error;
  const { code, message: why = message } = (cause ?? {}) as Partial<NodeJS.ErrnoException>;
  return `There was no answer: ${code ?? why}.`;
}
