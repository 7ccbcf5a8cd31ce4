import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { escapeMarkup } from "../aws/xml";
import type { HostTable } from "../hosts";
import { isNotModified, requestedRange } from "../http/conditional";
import { type Headers, splitTarget, without } from "../http/exchange";
import type { PartRequest, Reply } from "../http/server";
import { REQUEST_ID_HEADER, type Trace } from "../trace";
import { type CachedObject, EdgeCache } from "./cache";
import { type Behavior, type Distribution, normalizePath, withPolicy } from "./distribution";
import { type EdgeRequest, type EdgeResponse, edgeRequest, targetOf } from "./edge-function";
import { askOrigin, type Origin, type OriginResponse, OriginTimeout } from "./origins";

export interface CdnOptions {
  readonly distribution: Distribution;
  readonly hosts: HostTable;
  readonly trace: Trace;
  /** Default: 256 MiB. */
  readonly maxCacheBytes?: number;
  /** Milliseconds since the epoch. Default: `Date.now`. */
  readonly now?: () => number;
}

const MAX_CACHE_BYTES = 256 * 1024 * 1024;
/** Longest URL that CloudFront accepts. (CloudFront guide, quotas) */
const MAX_URL_BYTES = 8192;

/** A CloudFront distribution: behaviours, cache, origins. The viewer's plain HTTP counts as HTTPS. */
export class Cdn {
  readonly #options: CdnOptions;
  readonly #cache: EdgeCache;
  readonly #now: () => number;

  constructor(options: CdnOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#cache = new EdgeCache(options.maxCacheBytes ?? MAX_CACHE_BYTES, this.#now);
  }

  /** Serves one request. */
  readonly handle = async (request: PartRequest): Promise<Reply> => {
    const reply = await this.#reply(request);
    const location = reply.headers.location?.toString();
    const headers: Headers = {
      ...reply.headers,
      ...(location === undefined ? {} : { location: this.#options.hosts.localize(location) }),
      via: this.#via(),
      "x-amz-cf-id": randomId(),
    };
    const detail = [headers["x-cache"], headers.location].filter((part) => part !== undefined).join(", ");
    return { ...reply, headers, detail };
  };

  /** Removes what is cached under the targets (path and query string) that match, as an invalidation does. */
  invalidate(matches: (target: string) => boolean): void {
    this.#cache.invalidate(matches);
  }

  async #reply(request: PartRequest): Promise<Reply> {
    const { message, method, target } = request;
    if (Buffer.byteLength(target) > MAX_URL_BYTES) return ownReply(413, "The URL is longer than 8,192 bytes.");
    if (method !== "GET" && method !== "HEAD") {
      return ownReply(403, `This distribution is not configured to allow the HTTP request method ${method}.`);
    }
    if (Number(message.headers["content-length"] ?? 0) > 0) return ownReply(403, `A ${method} request has no body.`);
    const path = normalizePath(splitTarget(target)[0]);
    const behavior = this.#options.distribution.behaviors.find(({ matches }) => matches(path));
    if (!behavior) throw new Error(`no behaviour matches ${path}`);
    const reply = await this.#behave(behavior, request);
    return behavior.headers
      ? { ...reply, headers: withPolicy(reply.headers, behavior.headers, message.headers.origin) }
      : reply;
  }

  async #behave(behavior: Behavior, request: PartRequest): Promise<Reply> {
    const result = this.#runEdge(behavior, request);
    if (!result) return ownReply(503, "The CloudFront function failed.", "FunctionExecutionError from cloudfront");
    return "statusCode" in result ? generatedReply(result) : this.#fromCache(behavior, result, request);
  }

  /** Returns the request after the edge function, or its response; undefined if it failed. */
  #runEdge({ edge }: Behavior, { message, requestId }: PartRequest): EdgeRequest | EdgeResponse | undefined {
    const request = edgeRequest(message);
    if (!edge) return request;
    const report = this.#options.trace.start("edge", requestId);
    let result: EdgeRequest | EdgeResponse | undefined;
    let detail: string | undefined;
    try {
      result = edge.handle(request, requestId, message.socket.remoteAddress ?? "127.0.0.1");
      detail = "uri" in result && result.uri !== request.uri ? result.uri : undefined;
    } catch (error) {
      detail = String(error);
    }
    const status = result === undefined ? 503 : "statusCode" in result ? result.statusCode : 200;
    report({ what: `viewer request ${request.uri}`, status, ...(detail === undefined ? {} : { detail }) });
    return result;
  }

  /** A HEAD fetches the whole object, so that the GET that follows it finds it. */
  async #fromCache(behavior: Behavior, edge: EdgeRequest, request: PartRequest): Promise<Reply> {
    const { cachePolicy } = behavior;
    const target = forwardedTarget(targetOf(edge), cachePolicy.queryParameters);
    const { object, result } = await this.#cache.fetch({
      target,
      limits: cachePolicy,
      errorMinTtl: this.#options.distribution.errorMinTtl,
      ask: (conditions) => this.#askGroup(behavior, target, request, conditions),
    });
    const reply = replyFrom(object, request.message);
    const ageSeconds = Math.max(0, Math.floor((this.#now() - object.storedAt) / 1000));
    return {
      ...reply,
      headers: {
        ...reply.headers,
        "x-cache": `${object.status >= 400 ? "Error" : result} from cloudfront`,
        ...(result === "Hit" ? { age: String(ageSeconds) } : {}),
      },
    };
  }

  /** Asks the primary origin, and the secondary one if the response has a status of failover. */
  async #askGroup(
    { origins: { primary, secondary, failoverStatuses } }: Behavior,
    target: string,
    request: PartRequest,
    conditions: Headers,
  ): Promise<OriginResponse> {
    const response = await this.#ask(primary, target, request, conditions);
    return secondary && failoverStatuses.has(response.status)
      ? this.#ask(secondary, target, request, conditions)
      : response;
  }

  /** Asks one origin. An origin that cannot be reached is a 502, a silent one a 504, as from CloudFront. */
  async #ask(
    origin: Origin,
    target: string,
    { message, requestId }: PartRequest,
    conditions: Headers,
  ): Promise<OriginResponse> {
    const port = this.#options.hosts.portOf(origin.domainName);
    if (port === undefined) return errorResponse(502, `CloudFront wasn't able to resolve ${origin.domainName}.`);
    try {
      return await askOrigin(origin, port, target, {
        "user-agent": "Amazon CloudFront",
        ...conditions,
        via: this.#via(),
        "x-amz-cf-id": randomId(),
        "x-forwarded-for": forwardedFor(message),
        [REQUEST_ID_HEADER]: requestId,
      });
    } catch (error) {
      if (error instanceof OriginTimeout) {
        return errorResponse(504, "CloudFront got no response from the origin in time.");
      }
      return errorResponse(502, `CloudFront wasn't able to connect to the origin ${origin.domainName}.`);
    }
  }

  #via(): string {
    return `1.1 ${this.#options.distribution.domainName} (CloudFront)`;
  }
}

/** Keeps the listed query parameters, in their order and their encoding: the cache key, and what the origin gets. */
function forwardedTarget(target: string, listed: readonly string[]): string {
  const [path, query] = splitTarget(target);
  const kept = query.split("&").filter((pair) => pair !== "" && listed.includes(parameterName(pair)));
  return kept.length > 0 ? `${path}?${kept.join("&")}` : path;
}

function parameterName(pair: string): string {
  const [name = ""] = pair.split("=", 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Returns what a client gets of an object: all of it, a part (`Range`), or that it has not changed (304). */
function replyFrom({ status, headers, body }: CachedObject, { headers: request }: IncomingMessage): Reply {
  if (status !== 200) return { status, headers, body };
  const validators = { etag: headers.etag?.toString(), lastModified: headers["last-modified"]?.toString() };
  if (isNotModified(request, validators)) return { status: 304, headers: without(headers, "content-length") };
  const range = requestedRange(request, validators, body.length);
  if (range === undefined) return { status, headers, body };
  if (range === "unsatisfiable") return { status: 416, headers: { "content-range": `bytes */${body.length}` } };
  const part = body.subarray(range.first, range.last + 1);
  const partHeaders = {
    "content-length": String(part.length),
    "content-range": `bytes ${range.first}-${range.last}/${body.length}`,
  };
  return { status: 206, headers: { ...headers, ...partHeaders }, body: part };
}

function generatedReply({ statusCode: status, headers, body }: EdgeResponse): Reply {
  const named = Object.entries(headers).map(([name, { value }]) => [name, value] as const);
  const own = { server: "CloudFront", "x-cache": "FunctionGeneratedResponse from cloudfront" };
  return { status, headers: { ...Object.fromEntries(named), ...own }, body };
}

/** Returns a response of CloudFront itself. */
function ownReply(status: number, reason: string, cache = "Error from cloudfront"): Reply {
  const { headers, body } = errorResponse(status, reason);
  return { status, headers: { ...headers, "x-cache": cache }, body };
}

function errorResponse(status: number, reason: string): OriginResponse {
  const title = "ERROR: The request could not be satisfied";
  const html = `<!DOCTYPE html><title>${title}</title><h1>${status} ERROR</h1><p>${escapeMarkup(reason)}</p>\n`;
  return { status, headers: { "content-type": "text/html", server: "CloudFront" }, body: Buffer.from(html) };
}

function forwardedFor({ headers, socket }: IncomingMessage): string {
  return [headers["x-forwarded-for"], socket.remoteAddress ?? "127.0.0.1"]
    .filter((address) => address !== undefined)
    .join(",");
}

function randomId(): string {
  return randomBytes(41).toString("base64url") + "==";
}
