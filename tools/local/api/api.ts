import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type InvocationResult, traceIdOf } from "../function/function-runtime";
import type { HostTable } from "../hosts";
import { type CorsRule, isAllowed, preflightHeaders, sharingHeaders } from "../http/cors";
import { splitTarget } from "../http/exchange";
import type { PartRequest, Reply } from "../http/server";
import type { HttpApi } from "./http-api";
import { message, proxyEvent, replyOf } from "./proxy";

interface ApiOptions {
  readonly api: HttpApi;
  readonly accountId: string;
  readonly hosts: HostTable;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
}

/** Quota of an HTTP API for request line and headers together. */
const MAX_HEADER_BYTES = 10_240;

/** An API Gateway HTTP API: one stage, routes of GET and HEAD, Lambda integrations. */
export class Api {
  readonly #options: ApiOptions;
  readonly #now: () => number;
  readonly #takeToken: () => boolean;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#takeToken = tokenBucket(options.api.throttle, this.#now);
  }

  /** Serves one request. */
  readonly handle = async (request: PartRequest): Promise<Reply> => {
    const apiRequestId = randomBytes(11).toString("base64");
    const { headers, ...reply } = await this.#reply(request, apiRequestId);
    const { location } = headers;
    return {
      ...reply,
      headers: {
        ...headers,
        ...(location === undefined ? {} : { location: this.#options.hosts.localize(location.toString()) }),
        "apigw-requestid": apiRequestId,
      },
    };
  };

  async #reply(request: PartRequest, apiRequestId: string): Promise<Reply> {
    const { api, accountId } = this.#options;
    const { method, target, requestId } = request;
    const tooLarge = oversized(request.message);
    if (tooLarge) return tooLarge;
    const [encodedPath, rawQueryString] = splitTarget(target);
    const path = decodePath(encodedPath);
    if (path === undefined) return message(400, "Bad Request");
    const route = this.#route(method, path);
    if (!route) {
      return api.cors && method === "OPTIONS" ? preflight(api.cors, request.message) : message(404, "Not Found");
    }
    if (!this.#takeToken()) return message(429, "Too Many Requests");
    if (!route.permitted) return message(500, "Internal Server Error");

    const event = proxyEvent({
      accountId,
      apiId: api.id,
      host: api.host,
      stage: api.stage,
      routeKey: route.key,
      request,
      path,
      rawQueryString,
      apiRequestId,
      traceId: traceIdOf(requestId),
      now: new Date(this.#now()),
    });
    const reply = integrationReply(await within(route.timeoutMs, route.target.runtime.invoke(event, requestId)));
    return api.cors ? withCors(api.cors, request.message.headers.origin, reply) : reply;
  }

  /** Returns the route of `/<stage>/<path>`. */
  #route(method: string, path: string): HttpApi["routes"][number] | undefined {
    const { stage, routes } = this.#options.api;
    const base = `/${stage}`;
    return path.startsWith(`${base}/`)
      ? routes.find(({ matches }) => matches(method, path.slice(base.length)))
      : undefined;
  }
}

/**
 * Decodes the path as an HTTP API does, and cuts it at a question mark, so that a key cannot be told from it
 * (github.com/hotsock/voker/pull/8 shows what an HTTP API does); undefined for a path that it rejects.
 */
function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path).split("?", 1)[0];
  } catch {
    return undefined;
  }
}

/** Returns the response to an invocation; `undefined` stands for none in time. */
function integrationReply(result: InvocationResult | undefined): Reply {
  if (result === undefined || result.kind === "throttled") return message(503, "Service Unavailable");
  return result.kind === "error" ? message(500, "Internal Server Error") : replyOf(result.payload);
}

/**
 * Returns the response to an OPTIONS request without a route, which API Gateway sends by itself: 204, with headers if
 * origin and method are allowed. (API Gateway guide, http-api-cors)
 */
function preflight(cors: CorsRule, { method = "", headers }: IncomingMessage): Reply {
  return { status: 204, headers: isAllowed(cors, method, headers) ? preflightHeaders(cors, headers.origin) : {} };
}

/** Replaces an integration's own CORS headers, which API Gateway ignores, with those of the API. */
function withCors(cors: CorsRule, origin: string | undefined, { headers, ...reply }: Reply): Reply {
  const others = Object.entries(headers).filter(([name]) => !name.startsWith("access-control-"));
  return { ...reply, headers: { ...Object.fromEntries(others), ...sharingHeaders(cors, origin) } };
}

function oversized({ method = "GET", url = "/", httpVersion, rawHeaders }: IncomingMessage): Reply | undefined {
  const line = Buffer.byteLength(`${method} ${url} HTTP/${httpVersion}`);
  if (line > MAX_HEADER_BYTES) return message(414, "Request URI Too Long");
  const headers = rawHeaders.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
  return line + headers > MAX_HEADER_BYTES ? message(431, "Request Header Fields Too Large") : undefined;
}

/** Returns a function that takes a token if there is one, from a bucket of `burst` that fills at `rate` per second. */
function tokenBucket({ rate, burst }: HttpApi["throttle"], now: () => number): () => boolean {
  let tokens = burst;
  let filledAt = now();
  return () => {
    const at = now();
    tokens = Math.min(burst, tokens + ((at - filledAt) / 1000) * rate);
    filledAt = at;
    if (rate === 0 || tokens < 1) return false;
    tokens--;
    return true;
  };
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
