import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { InvocationResult } from "../function/function-runtime";
import { traceIdOf } from "../function/lambda-environment";
import type { HostTable } from "../hosts";
import { BodyTooLarge, readBody, splitTarget } from "../http/exchange";
import type { PartRequest, Reply } from "../http/serve-part";
import { preflightAnswer, withCors } from "./cors";
import type { HttpApi, Route } from "./http-api";
import { answerOf, type ApiAnswer, message } from "./proxy-answer";
import { proxyEvent } from "./proxy-event";
import { TokenBucket } from "./token-bucket";

export interface ApiOptions {
  readonly api: HttpApi;
  readonly accountId: string;
  readonly hosts: HostTable;
  /** The time, in milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

/** The quotas of an HTTP API: request line and headers together, and the body. */
const MAX_HEADER_BYTES = 10_240;
const MAX_BODY_BYTES = 10 * 1024 * 1024;

/** An API Gateway HTTP API: one stage, exact routes, Lambda integrations. */
export class Api {
  readonly #options: ApiOptions;
  readonly #now: () => number;
  readonly #bucket: TokenBucket;

  constructor(options: ApiOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#bucket = new TokenBucket(options.api.throttle, this.#now);
  }

  /** Serves one request. */
  readonly handle = async ({ message, requestId }: PartRequest): Promise<Reply> => {
    const apiRequestId = randomBytes(11).toString("base64");
    const { status, headers, body } = await this.#answer(message, requestId, apiRequestId);
    const location =
      headers.location === undefined ? {} : { location: this.#options.hosts.localize(headers.location.toString()) };
    return { status, headers: { ...headers, ...location, "apigw-requestid": apiRequestId }, body };
  };

  async #answer(request: IncomingMessage, requestId: string, apiRequestId: string): Promise<ApiAnswer> {
    const { api, accountId } = this.#options;
    const tooLarge = oversized(request);
    if (tooLarge) return tooLarge;
    const [encodedPath, rawQueryString] = splitTarget(request.url ?? "/");
    const path = decodePath(encodedPath);
    if (path === undefined) return message(400, "Bad Request");
    const route = this.#route(request.method ?? "GET", path);
    if (!route && api.cors && request.method === "OPTIONS") return preflightAnswer(api.cors, request.headers);
    if (!route) return message(404, "Not Found");
    if (!this.#bucket.take()) return message(429, "Too Many Requests");
    let body: Buffer;
    try {
      body = await readBody(request, MAX_BODY_BYTES);
    } catch (error) {
      return error instanceof BodyTooLarge ? message(413, "Request Entity Too Large") : message(400, "Bad Request");
    }
    if (!route.permitted) return message(500, "Internal Server Error");

    const event = proxyEvent({
      api,
      accountId,
      request,
      path,
      rawQueryString,
      routeKey: route.key,
      apiRequestId,
      traceId: traceIdOf(requestId),
      body,
      now: new Date(this.#now()),
    });
    const answer = integrationAnswer(await within(route.timeoutMs, route.target.runtime.invoke(event, requestId)));
    return api.cors ? withCors(api.cors, request.headers, answer) : answer;
  }

  /** The route of `/<stage>/<path>`; the stage `$default` is served without its name. */
  #route(method: string, path: string): Route | undefined {
    const { stage, routes } = this.#options.api;
    const base = stage === "$default" ? "" : `/${stage}`;
    if (!path.startsWith(`${base}/`)) return undefined;
    return routes.find(({ matches }) => matches(method, path.slice(base.length)));
  }
}

/**
 * The path as an HTTP API reads it and hands it on, decoded and without what follows a question mark in it, so that a
 * key cannot be told from it (github.com/hotsock/voker/pull/8 shows what it does); undefined for one that it refuses.
 */
function decodePath(path: string): string | undefined {
  try {
    return decodeURIComponent(path).split("?", 1)[0];
  } catch {
    return undefined;
  }
}

/** What API Gateway makes of Lambda's answer; `undefined` for none in time. */
function integrationAnswer(result: InvocationResult | undefined): ApiAnswer {
  if (result === undefined || result.kind === "throttled") return message(503, "Service Unavailable");
  return result.kind === "error" ? message(500, "Internal Server Error") : answerOf(result.payload);
}

function oversized({ method = "GET", url = "/", httpVersion, rawHeaders }: IncomingMessage): ApiAnswer | undefined {
  const line = Buffer.byteLength(`${method} ${url} HTTP/${httpVersion}`);
  if (line > MAX_HEADER_BYTES) return message(414, "Request URI Too Long");
  const headers = rawHeaders.reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
  return line + headers > MAX_HEADER_BYTES ? message(431, "Request Header Fields Too Large") : undefined;
}

async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
