import type { IncomingMessage, RequestListener } from "node:http";
import { Cdn, type CdnOptions } from "../../cdn/cdn";
import { readDistribution } from "../../cdn/distribution";
import { HostTable } from "../../hosts";
import { servePart } from "../../http/server";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { type Hop, Trace } from "../../trace";
import { type Answer, type Ask, ask, startServer } from "./http";
import { ORIGIN_HOST } from "./resources";

export const API_HOST = "abc.execute-api.eu-central-1.amazonaws.com";

/** Responds with a status, and with it as the body. */
export function respond(status: number, headers: Readonly<Record<string, string>> = {}): RequestListener {
  return (_request, response) => {
    response.writeHead(status, headers).end(String(status));
  };
}

/** Starts a CDN before the bucket's website and an API; its clock stands until a test changes it. */
export async function startCdn(
  free: (close: () => unknown) => void,
  resources: readonly RegisteredResource[],
  { website = respond(500), api = respond(500) }: { website?: RequestListener; api?: RequestListener },
  options: Partial<CdnOptions> = {},
) {
  const hosts = new HostTable();
  const open = async (host: string, answer: RequestListener) => {
    const seen: IncomingMessage[] = [];
    const server = await startServer((request, response) => {
      seen.push(request);
      answer(request, response);
    });
    hosts.add(host, server.port);
    free(() => server.close());
    return { seen, close: () => server.close() };
  };
  const origin = await open(ORIGIN_HOST, website);
  const { seen: apiSeen } = await open(API_HOST, api);
  const clock = { now: Date.UTC(2026, 0, 1) };
  const trace = new Trace();
  const hops: Hop[] = [];
  trace.listen((hop) => hops.push(hop));
  const cdn = new Cdn({ distribution: readDistribution(resources), hosts, trace, now: () => clock.now, ...options });
  const server = await servePart("cdn", trace, 0, cdn.handle);
  free(() => server.close());
  hosts.add("d123.cloudfront.net", server.port);
  return {
    url: server.url,
    get: (path: string, more?: Ask) => ask(server.url + path, more),
    seen: origin.seen,
    apiSeen,
    clock,
    hops,
    invalidate: (target: string) => {
      cdn.invalidate((one) => one === target);
    },
    closeOrigin: () => origin.close(),
  };
}

/** First word of `x-cache`. */
export function cacheResult({ headers }: Pick<Answer, "headers">): string | undefined {
  return headers["x-cache"]?.toString().replace(" from cloudfront", "");
}
