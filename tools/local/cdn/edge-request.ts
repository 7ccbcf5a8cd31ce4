import type { IncomingMessage } from "node:http";
import { splitTarget } from "../http/exchange";
import type { EdgeRequest, EdgeValue } from "./edge-function";

type Values = Record<string, EdgeValue>;

/** A viewer's request as an edge function sees it (CloudFront guide, "CloudFront Functions event structure"). */
export function edgeRequest(message: IncomingMessage): EdgeRequest {
  const [uri, query] = splitTarget(message.url ?? "/");
  const headers: [string, string][] = [];
  for (let index = 0; index < message.rawHeaders.length; index += 2) {
    headers.push([(message.rawHeaders[index] ?? "").toLowerCase(), message.rawHeaders[index + 1] ?? ""]);
  }
  const cookies = (message.headers.cookie ?? "").split(/; */).filter((pair) => pair !== "");
  return {
    method: message.method ?? "GET",
    uri,
    querystring: grouped(
      query
        .split("&")
        .filter((pair) => pair !== "")
        .map(nameAndValue),
    ),
    headers: grouped(headers.filter(([name]) => name !== "cookie")),
    cookies: grouped(cookies.map(nameAndValue)),
  };
}

/** The target that a function's request names. */
export function targetOf({ uri, querystring }: EdgeRequest): string {
  const query = ungrouped(querystring)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
  return query === "" ? uri : `${uri}?${query}`;
}

/** Its headers, several values of one name joined by commas. */
export function headersOf({ headers, cookies }: EdgeRequest): Record<string, string> {
  const joined: Record<string, string> = {};
  for (const [name, value] of ungrouped(headers))
    joined[name] = name in joined ? `${joined[name] ?? ""}, ${value}` : value;
  const pairs = ungrouped(cookies).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? joined : { ...joined, cookie: pairs.join("; ") };
}

function nameAndValue(pair: string): [string, string] {
  const equals = pair.indexOf("=");
  return equals === -1 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
}

function grouped(pairs: readonly (readonly [string, string])[]): Values {
  const values: Values = {};
  for (const [name, value] of pairs) {
    const before = values[name];
    const all = [...(before?.multiValue ?? (before ? [{ value: before.value }] : [])), { value }];
    values[name] = before ? { value: before.value, multiValue: all } : { value };
  }
  return values;
}

function ungrouped(values: Readonly<Record<string, EdgeValue>>): [string, string][] {
  return Object.entries(values).flatMap(([name, { value, multiValue }]) =>
    (multiValue ?? [{ value }]).map((one): [string, string] => [name, one.value]),
  );
}
