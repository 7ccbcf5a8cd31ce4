import assert from "node:assert/strict";
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { Client, loadOfClients, loadOfRequests, type Observed } from "../load/clients";
import { type LoadTurn, rowsOf } from "../load/report";
import { SCENARIOS } from "../load/run";

const running = () => false;

describe("the load", () => {
  let server: http.Server;
  let host: string;
  const asked: string[] = [];

  before(async () => {
    server = http.createServer((request, response) => {
      const { url = "/" } = request;
      asked.push(url);
      if (url === "/broken") return request.socket.destroy();
      const next = /^\/to(\/.*)/.exec(url)?.[1];
      const headers = next === undefined ? { "x-cache": "Hit from cloudfront" } : { location: next };
      response.writeHead(next === undefined ? 200 : 307, { ...headers, "content-length": 4 }).end("body");
      return undefined;
    });
    await once(server.listen(0), "listening");
    host = `http://localhost:${(server.address() as AddressInfo).port}`;
  });

  beforeEach(() => {
    asked.length = 0;
  });

  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const view = async (path: string, status = 200) => {
    const client = new Client();
    const { ok, hit, requests } = await client.view({ url: host + path, status });
    client.close();
    return { ok, hit, requests };
  };

  it("of a client follows every redirect", async () => {
    assert.deepEqual(await view("/to/to/image"), { ok: true, hit: true, requests: 3 });
    assert.deepEqual(asked, ["/to/to/image", "/to/image", "/image"]);
  });

  it("counts another status, a broken connection and a loop as errors", async () => {
    assert.deepEqual(await view("/image", 404), { ok: false, hit: true, requests: 1 });
    assert.deepEqual(await view("/broken"), { ok: false, hit: false, requests: 1 });
    assert.deepEqual(await view("/to/to/to/to/to/to/image"), { ok: false, hit: false, requests: 6 });
  });

  it("counts every byte of the responses, headers included", async () => {
    const client = new Client();
    const { bytes } = await client.view({ url: `${host}/image`, status: 200 });
    client.close();
    const raw = await fetch(`${host}/image`);
    const headers = [...raw.headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
    assert.equal(bytes, "HTTP/1.1 200 OK\r\n".length + headers + "body".length);
  });

  it("of clients ends when nothing is left to request", async () => {
    let left = 5;
    const next = () => (left-- > 0 ? { url: `${host}/image`, status: 200 } : undefined);
    const { observed } = await loadOfClients(next, { connections: 2, seconds: 60, stopped: running });
    assert.equal(observed.length, 5);
    assert.ok(observed.every(({ ok, hit }) => ok && hit));
  });

  it("of autocannon has statuses and hits", async () => {
    const load = async (path: string) => {
      const next = () => ({ url: host + path, status: 200 });
      const { observed } = await loadOfRequests(host, next, { connections: 1, seconds: 0.1, stopped: running });
      return observed.map(({ ok, hit, requests }) => ({ ok, hit, requests }));
    };
    const [hits, redirects] = [await load("/image"), await load("/to/image")];
    assert.deepEqual(hits, Array(Math.max(1, hits.length)).fill({ ok: true, hit: true, requests: 1 }));
    assert.deepEqual(redirects, Array(Math.max(1, redirects.length)).fill({ ok: false, hit: false, requests: 1 }));
  });

  it("of both ends when it is stopped", async () => {
    const stopped = () => asked.length >= 3;
    const next = () => ({ url: `${host}/image`, status: 200 });
    await loadOfClients(next, { connections: 1, seconds: 60, stopped });
    assert.equal(asked.length, 3);
    await loadOfRequests(host, next, { connections: 1, seconds: 60, stopped });
  });
});

describe("the summary of a load", () => {
  const answer = (ms: number): Observed => ({ ok: true, hit: ms < 20, requests: 1, bytes: 100, ms });
  const error: Observed = { ok: false, hit: false, requests: 1, bytes: 0, ms: 3 };
  const turn = (contender: string, round: number, ...observed: Observed[]): LoadTurn => ({
    scenario: "hits",
    contender,
    round,
    observed,
    seconds: 2,
  });

  it("pairs a contender with the floor in the same round, and counts errors apart", () => {
    const rows = rowsOf(
      [
        // The second round is three times as slow for both.
        ...[turn("failover", 1, answer(5)), turn("redirect", 1, answer(10), answer(10))],
        ...[turn("redirect", 2, answer(30), answer(30)), turn("failover", 2, answer(15), error)],
      ],
      ["redirect", "failover"],
    );
    const half = { median: 0.5, low: 0.5, high: 0.5 };
    const same = { scenario: "hits", requests: 1, bytes: 100 };
    const floor = { contender: "redirect", perSecondOver: undefined, msOver: undefined };
    const floorTimes = { perSecond: { median: 1, low: 1, high: 1 }, ms: { median: 20, p95: 30, p99: 30 } };
    const other = { contender: "failover", perSecondOver: half, msOver: half };
    const otherTimes = { perSecond: half, ms: { median: 10, p95: 14.5, p99: 14.9 } };
    assert.deepEqual(rows, [
      { ...same, ...floor, ...floorTimes, answers: 4, errors: 0, hitRatio: 0.5 },
      { ...same, ...other, ...otherTimes, answers: 2, errors: 1, hitRatio: 1 },
    ]);
  });

  it("has no time where no response was expected", () => {
    const [row] = rowsOf([turn("redirect", 1, error)], ["redirect"]);
    assert.deepEqual([row?.answers, row?.errors, row?.ms, row?.hitRatio], [0, 1, undefined, 0]);
  });

  it("mixes 90 % hits, 8 % misses and 2 % rejections", () => {
    const cycle = SCENARIOS.find(({ name }) => name === "a mix")?.cycle ?? [];
    const share = (kind: string) => cycle.filter((each) => each === kind).length / cycle.length;
    assert.deepEqual(["hit", "miss", "rejected"].map(share), [0.9, 0.08, 0.02]);
  });
});
