import type { IncomingMessage } from "node:http";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { endToEnd } from "../http/exchange";
import { REQUEST_ID_HEADER } from "../trace";
import type { HttpApi } from "./http-api";

export interface ProxyEventOptions {
  readonly api: HttpApi;
  readonly accountId: string;
  readonly request: IncomingMessage;
  readonly path: string;
  readonly rawQueryString: string;
  readonly routeKey: string;
  /** API Gateway's own id of the request. */
  readonly apiRequestId: string;
  readonly traceId: string;
  readonly body: Buffer;
  readonly now: Date;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** The event of payload format 2.0. (API Gateway guide, http-api-develop-integrations-lambda) */
export function proxyEvent(options: ProxyEventOptions): APIGatewayProxyEventV2 {
  const { api, accountId, request, path, rawQueryString, routeKey, apiRequestId, now, body } = options;
  const sourceIp = request.socket.remoteAddress ?? "127.0.0.1";
  const headers = eventHeaders(options, sourceIp);
  const cookies = request.headers.cookie?.split(/; */);
  const query = queryParameters(rawQueryString);
  return {
    version: "2.0",
    routeKey,
    rawPath: path,
    rawQueryString,
    ...(cookies === undefined ? {} : { cookies }),
    headers,
    ...(Object.keys(query).length === 0 ? {} : { queryStringParameters: query }),
    requestContext: {
      accountId,
      apiId: api.id,
      domainName: api.host,
      domainPrefix: api.host.split(".", 1)[0] ?? "",
      http: {
        method: request.method ?? "GET",
        path,
        protocol: `HTTP/${request.httpVersion}`,
        sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: apiRequestId,
      routeKey,
      stage: api.stage,
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length === 0 ? {} : { body: body.toString("base64") }),
    isBase64Encoded: body.length > 0,
  };
}

/** Lower-case names; several values are joined by commas; cookies have a place of their own. */
function eventHeaders({ api, request, traceId }: ProxyEventOptions, sourceIp: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(endToEnd(request.headers))) {
    if (name !== "cookie" && name !== REQUEST_ID_HEADER) headers[name] = value.toString();
  }
  const before = headers["x-forwarded-for"];
  return {
    "content-length": "0",
    ...headers,
    host: api.host,
    "x-amzn-trace-id": traceId,
    "x-forwarded-for": before === undefined ? sourceIp : `${before}, ${sourceIp}`,
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
  };
}

/** Decoded; several values of one name are joined by commas. */
function queryParameters(rawQueryString: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = parameters[name];
    parameters[name] = before === undefined ? value : `${before},${value}`;
  }
  return parameters;
}

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()] ?? ""}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}
