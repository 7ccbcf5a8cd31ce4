import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { HostTable } from "../hosts";
import { endToEnd, type Headers, readBody, splitTarget } from "../http/exchange";
import type { PartRequest, Reply } from "../http/serve-part";
import { REQUEST_ID_HEADER, type Trace } from "../trace";
import { forwardedPart, type ForwardedRequest } from "./cache-rules";
import { edgeRequest, headersOf, targetOf } from "./edge-request";
import type { Behavior, Distribution } from "./distribution";
import type { EdgeResult } from "./edge-function";
import { Fetcher } from "./fetcher";
import { askOrigin, type OriginResponse, OriginTimeout } from "./origin-client";
import type { Origin } from "./origins";
import { normalizePath } from "./path-pattern";
import { withPolicy } from "./response-headers";
import { answerFrom, type ViewerAnswer } from "./viewer-answer";

export interface CdnOptions {
  readonly distribution: Distribution;
  readonly hosts: HostTable;
  readonly trace: Trace;
  /** How much the cache may hold, in bytes. Default 256 MiB. */
  readonly maxCacheBytes?: number;
  /** The time, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

const MAX_CACHE_BYTES = 256 * 1024 * 1024;
/** The longest URL that CloudFront takes. (CloudFront guide, quotas) */
const MAX_URL_BYTES = 8192;

/** A viewer's request as it is after the edge function. */
interface SeenRequest {
  readonly viewer: IncomingMessage;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly requestId: string;
}

/** A CloudFront distribution: behaviours, cache, custom origins. The viewer's plain HTTP counts as HTTPS. */
export class Cdn {
  readonly #options: CdnOptions;
  readonly #fetcher: Fetcher;
  readonly #now: () => number;

  constructor(options: CdnOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#fetcher = new Fetcher(options.maxCacheBytes ?? MAX_CACHE_BYTES, this.#now);
  }

  /** Serves one request. */
  readonly handle = async ({ message, method, target, requestId }: PartRequest): Promise<Reply> => {
    const { status, headers, body } = await this.#answer(message, method, target, requestId);
    const shown = this.#viewerHeaders(headers);
    const detail = [shown["x-cache"], shown.location].filter((part) => part !== undefined).join(", ");
    return { status, headers: shown, body, detail };
  };

  /** Drops what is cached under the targets (path and query) that match, as an invalidation does. */
  invalidate(matches: (target: string) => boolean): void {
    this.#fetcher.invalidate(matches);
  }

  async #answer(request: IncomingMessage, method: string, target: string, requestId: string): Promise<ViewerAnswer> {
    const { distribution } = this.#options;
    if (Buffer.byteLength(target) > MAX_URL_BYTES) return refusal(413, "The URL is longer than 8,192 bytes.");
    const behavior = distribution.behaviors.find(({ matches }) => matches(normalizePath(splitTarget(target)[0])));
    if (!behavior?.allowedMethods.includes(method)) {
      return refusal(403, `This distribution is not configured to allow the HTTP request method ${method}.`);
    }
    if (behavior.cachedMethods.includes(method) && Number(request.headers["content-length"] ?? 0) > 0) {
      return refusal(403, `A ${method} request has no body.`);
    }
    const answer = await this.#behave(behavior, request, method, requestId);
    return behavior.headers
      ? { ...answer, headers: withPolicy(answer.headers, behavior.headers, request.headers.origin) }
      : answer;
  }

  /** What a behaviour makes of a request, the edge function first. */
  async #behave(behavior: Behavior, viewer: IncomingMessage, method: string, requestId: string): Promise<ViewerAnswer> {
    const result = this.#edge(behavior, viewer, requestId);
    if (result === undefined) {
      return refusal(503, "The CloudFront function failed.", "FunctionExecutionError from cloudfront");
    }
    if (result.kind === "response") return generated(result);
    const seen = { viewer, method, target: targetOf(result.request), headers: headersOf(result.request), requestId };
    return behavior.cachedMethods.includes(method) ? this.#cached(behavior, seen) : this.#passThrough(behavior, seen);
  }

  /** The request after the edge function, or its answer; undefined where it failed. */
  #edge({ edge }: Behavior, viewer: IncomingMessage, requestId: string): EdgeResult | undefined {
    const request = edgeRequest(viewer);
    if (!edge) return { kind: "request", request };
    const startedAt = Date.now();
    const started = performance.now();
    let result: EdgeResult | undefined;
    let detail: string | undefined;
    try {
      result = edge.handle(request, requestId, viewer.socket.remoteAddress ?? "127.0.0.1");
      detail = result.kind === "request" && result.request.uri !== request.uri ? result.request.uri : undefined;
    } catch (error) {
      detail = String(error);
    }
    this.#options.trace.report({
      requestId,
      part: "edge",
      what: `viewer request ${request.uri}`,
      status: result === undefined ? 503 : result.kind === "response" ? result.status : 200,
      startedAt,
      ms: performance.now() - started,
      ...(detail === undefined ? {} : { detail }),
    });
    return result;
  }

  async #cached(behavior: Behavior, seen: SeenRequest): Promise<ViewerAnswer> {
    const { distribution } = this.#options;
    const { rules } = behavior;
    const { viewer, method, target, requestId } = seen;
    const root = target === "/" ? `/${distribution.defaultRootObject}` : target;
    const request = forwardedPart(rules, root, seen.headers);
    const { object, result } = await this.#fetcher.fetch({
      request,
      rules,
      errorMinTtl: distribution.errorMinTtl,
      // A HEAD fetches the whole object, so that the GET that follows it finds it.
      ask: (conditions) =>
        this.#askGroup(behavior, method === "HEAD" ? "GET" : method, request, viewer, requestId, conditions),
    });
    const answer = answerFrom(object, viewer.headers);
    const age = Math.max(0, Math.floor((this.#now() - object.storedAt) / 1000));
    return {
      ...answer,
      headers: {
        ...answer.headers,
        "x-cache": `${object.status >= 400 ? "Error" : result} from cloudfront`,
        ...(result === "Hit" ? { age: String(age) } : {}),
      },
    };
  }

  /** Methods that are not cached: there and back, body and all. */
  async #passThrough(behavior: Behavior, seen: SeenRequest): Promise<ViewerAnswer> {
    const { viewer, method, requestId } = seen;
    const request = forwardedPart(behavior.rules, seen.target, seen.headers);
    const type = viewer.headers["content-type"];
    const answer = await this.#ask(behavior, behavior.origins.primary, method, request, viewer, requestId, {
      headers: type === undefined ? {} : { "content-type": type },
      body: await readBody(viewer),
    });
    const cache = `${answer.status >= 400 ? "Error" : "Miss"} from cloudfront`;
    return { ...answer, headers: { ...answer.headers, "x-cache": cache } };
  }

  /** Asks the primary origin, and where its answer is one to fail over at, the secondary one. */
  async #askGroup(
    behavior: Behavior,
    method: string,
    request: ForwardedRequest,
    viewer: IncomingMessage,
    requestId: string,
    headers: Headers,
  ): Promise<OriginResponse> {
    const { primary, secondary, failoverStatuses } = behavior.origins;
    const answer = await this.#ask(behavior, primary, method, request, viewer, requestId, { headers });
    if (!secondary || !failoverStatuses.has(answer.status)) return answer;
    return this.#ask(behavior, secondary, method, request, viewer, requestId, { headers });
  }

  /** One request to an origin. What cannot be reached is 502, what stays silent 504, as from CloudFront. */
  async #ask(
    { rules }: Behavior,
    origin: Origin,
    method: string,
    { target, headers }: ForwardedRequest,
    viewer: IncomingMessage,
    requestId: string,
    more: { readonly headers: Headers; readonly body?: Buffer },
  ): Promise<OriginResponse> {
    const port = this.#options.hosts.portOf(origin.domainName);
    if (port === undefined) return failure(502, `CloudFront wasn't able to resolve ${origin.domainName}.`);
    try {
      const answer = await askOrigin({
        port,
        method,
        target: origin.path + target,
        headers: {
          "user-agent": "Amazon CloudFront",
          ...headers,
          ...more.headers,
          ...origin.headers,
          host: origin.domainName,
          via: this.#via(),
          "x-amz-cf-id": randomId(),
          "x-forwarded-for": forwardedFor(viewer),
          [REQUEST_ID_HEADER]: requestId,
        },
        ...(more.body === undefined ? {} : { body: more.body }),
        timeoutMs: origin.readTimeout * 1000,
      });
      // Cookies come back only where cookies go there.
      if (rules.cookies.behavior === "none") delete answer.headers["set-cookie"];
      return answer;
    } catch (error) {
      if (error instanceof OriginTimeout) return failure(504, "CloudFront got no answer from the origin in time.");
      return failure(502, `CloudFront wasn't able to connect to the origin ${origin.domainName}.`);
    }
  }

  #viewerHeaders(headers: Headers): Record<string, string | readonly string[]> {
    const location = headers.location?.toString();
    return {
      ...headers,
      ...(location === undefined ? {} : { location: this.#options.hosts.localize(location) }),
      via: this.#via(),
      "x-amz-cf-id": randomId(),
    };
  }

  #via(): string {
    return `1.1 ${this.#options.distribution.domainName} (CloudFront)`;
  }
}

function forwardedFor(viewer: IncomingMessage): string {
  const before = endToEnd(viewer.headers)["x-forwarded-for"];
  return [before, viewer.socket.remoteAddress ?? "127.0.0.1"].filter((address) => address !== undefined).join(",");
}

function randomId(): string {
  return randomBytes(41).toString("base64url") + "==";
}

/** The answer that an edge function has made. */
function generated({ status, headers, body }: Extract<EdgeResult, { kind: "response" }>): ViewerAnswer {
  const named = Object.entries(headers).map(([name, { value }]) => [name, value]);
  return {
    status,
    headers: {
      ...(Object.fromEntries(named) as Record<string, string>),
      server: "CloudFront",
      "x-cache": "FunctionGeneratedResponse from cloudfront",
    },
    body: Buffer.from(body),
  };
}

/** CloudFront's own answer to a viewer. */
function refusal(status: number, reason: string, cache = "Error from cloudfront"): ViewerAnswer {
  const { headers, body } = failure(status, reason);
  return { status, headers: { ...headers, "x-cache": cache }, body };
}

function failure(status: number, reason: string): OriginResponse {
  const html = `<!DOCTYPE html><title>ERROR: The request could not be satisfied</title><h1>${status} ERROR</h1><p>${escapeHtml(reason)}</p>\n`;
  return { status, headers: { "content-type": "text/html", server: "CloudFront" }, body: Buffer.from(html) };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
