// Events and results of Lambda functions, payload format 2.0 (API Gateway guide, http-api-develop-integrations-lambda).
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { z } from "zod";
import { endToEnd } from "../http/exchange";
import type { PartRequest, Reply } from "../http/server";
import { REQUEST_ID_HEADER } from "../trace";

interface ProxyEventOptions {
  readonly accountId: string;
  readonly apiId: string;
  readonly host: string;
  readonly stage: string;
  readonly routeKey: string;
  readonly request: PartRequest;
  /** Decoded path. */
  readonly path: string;
  readonly rawQueryString: string;
  /** Id that API Gateway itself assigns to the request. */
  readonly apiRequestId: string;
  readonly traceId: string;
  readonly now: Date;
}

/** Returns the event of a request without a body. */
export function proxyEvent(options: ProxyEventOptions): APIGatewayProxyEventV2 {
  const { accountId, apiId, host, stage, routeKey, request, path, rawQueryString, apiRequestId, now } = options;
  const { message, method } = request;
  const sourceIp = message.socket.remoteAddress ?? "127.0.0.1";
  const headers = eventHeaders(options, sourceIp);
  const cookies = message.headers.cookie?.split(/; */);
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
      apiId,
      domainName: host,
      domainPrefix: host.split(".", 1)[0] ?? "",
      http: {
        method,
        path,
        protocol: `HTTP/${message.httpVersion}`,
        sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: apiRequestId,
      routeKey,
      stage,
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    isBase64Encoded: false,
  };
}

/** Returns headers by lower-case name, several values of one name joined by commas; cookies have a place of their own. */
function eventHeaders({ host, request, traceId }: ProxyEventOptions, sourceIp: string): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(endToEnd(request.message.headers))) {
    if (name !== "cookie" && name !== REQUEST_ID_HEADER) headers[name] = value.toString();
  }
  const before = headers["x-forwarded-for"];
  return {
    "content-length": "0",
    ...headers,
    host,
    "x-amzn-trace-id": traceId,
    "x-forwarded-for": before === undefined ? sourceIp : `${before}, ${sourceIp}`,
    "x-forwarded-port": "443",
    "x-forwarded-proto": "https",
  };
}

/** Returns decoded parameters, several values of one name joined by commas. */
function queryParameters(rawQueryString: string): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const before = parameters[name];
    parameters[name] = before === undefined ? value : `${before},${value}`;
  }
  return parameters;
}

/** Returns `12/Mar/2020:19:03:58 +0000`. */
function commonLogTime(date: Date): string {
  const [, day, month, year, time] = date.toUTCString().split(" ");
  return `${day}/${month}/${year}:${time} +0000`;
}

/** Largest result of a function, as JSON: 6 MB and a little for the envelope. (Lambda quotas) */
const MAX_PAYLOAD_BYTES = 6_291_556;

const Result = z.strictObject({
  statusCode: z.number().int().min(100).max(599),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().default(""),
  isBase64Encoded: z.boolean().default(false),
});

/** Returns the response that a function's result stands for: 500 for one that is not `Result`. */
export function replyOf(payload: string): Reply {
  const parsed = Result.safeParse(JSON.parse(payload));
  if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES || !parsed.success) return message(500, "Internal Server Error");
  const { statusCode, headers, body, isBase64Encoded } = parsed.data;
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return {
    status: statusCode,
    headers: { "content-type": "text/plain;charset=UTF-8", ...Object.fromEntries(named) },
    body: Buffer.from(body, isBase64Encoded ? "base64" : "utf8"),
  };
}

/** Returns a response of API Gateway itself. */
export function message(status: number, text: string): Reply {
  return { status, headers: { "content-type": "application/json" }, body: JSON.stringify({ message: text }) };
}
