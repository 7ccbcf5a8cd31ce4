import assert from "node:assert/strict";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { readArguments } from "../load/arguments";
import type { Observed } from "../load/observed";
import { loadPage } from "../load/report";
import { requestsFor } from "../load/requests";
import type { LoadResult } from "../load/result";
import { run } from "../load/run";
import { SCENARIOS } from "../load/scenarios";
import type { Subject } from "../load/subject";
import { loadRows, type LoadTurn } from "../load/summary";
import { Viewer } from "../load/viewer";
import { viewersOf } from "../load/viewers";
import { UserError } from "@image-resizer/lib/program";
import { Workplace } from "./support";

const CONTENDERS = ["redirect", "failover", "redirect again"];
const running = () => false;

describe("npm run bench:load, on a tiny photograph", function () {
  // Four stacks are started; no test is of time.
  this.timeout(180_000);
  const place = new Workplace();

  after(() => {
    place.remove();
  });

  it("asks both deliveries for hits, misses and refusals, and leaves out what cannot be decoded", async () => {
    await place.addPhotograph("a photograph.jpg");
    place.addFile("broken.jpg", "not a photograph");
    const tiny = ["--seconds", "0.1", "--rounds", "1", "--connections", "2", "--latency", "1"];
    const { status, stdout, stderr } = await place.run("load", "--images", place.images, ...tiny);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /left out: broken\.jpg/);
    assert.match(stdout, /Not in it: photograph broken\.jpg \(/);

    const { complete, rounds, rows, views } = place.result("load.json") as LoadResult;
    assert.deepEqual([complete, rounds], [true, 1]);
    assert.deepEqual(
      rows.map(({ scenario, contender }) => [scenario, contender]),
      SCENARIOS.flatMap(({ name }) => CONTENDERS.map((contender) => [name, contender])),
    );
    const requests = (scenario: string) => rows.filter((row) => row.scenario === scenario).map((row) => row.requests);
    assert.deepEqual(requests("hits"), [1, 1, 1]);
    assert.deepEqual(requests("misses"), [3, 1, 3]);
    assert.deepEqual(requests("refused at the edge"), [1, 1, 1]);
    assert.deepEqual(requests("refused by the function"), [2, 1, 2]);
    for (const row of rows) {
      assert.ok(row.answers > 0 && row.errors === 0, JSON.stringify(row));
      if (row.scenario !== "a mix") assert.equal(row.hitRatio, row.scenario === "hits" ? 1 : 0, row.scenario);
    }
    assert.deepEqual(
      views.map((row) => [row.what, row.contender, row.views, row.errors, row.requests]),
      [
        ...[3, 1, 3].map((each, index) => ["miss", CONTENDERS[index], 8, 0, each]),
        ...[1, 1, 1].map((each, index) => ["hit", CONTENDERS[index], 8, 0, each]),
      ],
    );
    const page = place.page("performance.md");
    assert.match(page, /## Under load, in both deliveries/);
    assert.match(page, /## What to choose\n\n- \*Delivery\*/);
    assert.doesNotMatch(page, /NaN|undefined|Infinity/);
    for (const plot of page.matchAll(/\(([a-z-]+\.svg)\)/g)) assert.match(place.page(plot[1] ?? ""), /^<svg /);
  });
});

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
    await new Promise<void>((resolve) => server.listen(0, resolve));
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
    const viewer = new Viewer();
    const { ok, hit, requests } = await viewer.view({ url: host + path, status });
    viewer.close();
    return { ok, hit, requests };
  };

  it("of a viewer is every redirect to the answer", async () => {
    assert.deepEqual(await view("/to/to/picture"), { ok: true, hit: true, requests: 3 });
    assert.deepEqual(asked, ["/to/to/picture", "/to/picture", "/picture"]);
  });

  it("takes another status than the expected one, a broken connection and a loop for errors", async () => {
    assert.deepEqual(await view("/picture", 404), { ok: false, hit: true, requests: 1 });
    assert.deepEqual(await view("/broken"), { ok: false, hit: false, requests: 1 });
    assert.deepEqual(await view("/to/to/to/to/to/to/picture"), { ok: false, hit: false, requests: 6 });
  });

  it("counts every byte of the answers, headers included", async () => {
    const viewer = new Viewer();
    const { bytes } = await viewer.view({ url: `${host}/picture`, status: 200 });
    viewer.close();
    const raw = await fetch(`${host}/picture`);
    const headers = [...raw.headers].reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
    assert.equal(bytes, "HTTP/1.1 200 OK\r\n".length + headers + "body".length);
  });

  it("of viewers ends when nothing is left to ask for", async () => {
    let left = 5;
    const next = () => (left-- > 0 ? { url: `${host}/picture`, status: 200 } : undefined);
    const { observed } = await viewersOf(next, { connections: 2, seconds: 60, stopped: running });
    assert.equal(observed.length, 5);
    assert.ok(observed.every(({ ok, hit }) => ok && hit));
  });

  it("of requests sees statuses and hits", async () => {
    const load = async (path: string) => {
      const next = () => ({ url: host + path, status: 200 });
      return (await requestsFor(host, next, { connections: 1, seconds: 0.1, stopped: running })).observed;
    };
    const hits = await load("/picture");
    assert.ok(hits.length > 0);
    assert.ok(hits.every(({ ok, hit, requests }) => ok && hit && requests === 1));
    const redirects = await load("/to/picture");
    assert.ok(redirects.length > 0);
    assert.ok(redirects.every(({ ok, hit }) => !ok && !hit));
  });

  it("of both ends when it is stopped", async () => {
    const stopped = () => asked.length >= 3;
    const next = () => ({ url: `${host}/picture`, status: 200 });
    await viewersOf(next, { connections: 1, seconds: 60, stopped });
    assert.equal(asked.length, 3);
    await requestsFor(host, next, { connections: 1, seconds: 60, stopped });
  });

  it("that is stopped keeps the rounds that were complete, marked as partial, and nothing of none", async () => {
    /** Ctrl-C in that turn: each scenario has three in a round, and the first round warms up. */
    const stoppedAt = (turn: number) => {
      let turns = 0;
      const subject: Subject = {
        cdn: host,
        sizes: ["640w"],
        supply: () => {
          turns++;
          return Promise.resolve(() => ({ url: `${host}/picture`, status: 200 }));
        },
        missing: () => Promise.resolve([{ url: `${host}/to/picture`, status: 200 }]),
      };
      return {
        interrupt: { requested: () => turns >= turn, release: () => undefined },
        start: () => Promise.resolve({ of: () => subject, end: () => Promise.resolve() }),
      };
    };
    const photographs = {
      folder: "",
      photographs: [{ name: "a.jpg", file: "a.jpg", megapixels: 1 }],
      unreadable: [],
    };
    const options = { rounds: 3, seconds: 0.1, connections: 1, latencyMs: 0, note: undefined };
    const perRound = SCENARIOS.length * CONTENDERS.length;
    const partial = stoppedAt(2 * perRound + 2);
    const result = await run(options, photographs, partial.interrupt, partial.start);
    assert.deepEqual([result?.complete, result?.rounds], [false, 1]);
    assert.ok(result);
    assert.match(
      loadPage(result).lines.join("\n"),
      /1 counted rounds of 0\.1 s .* \(\*\*partial: the run was stopped\*\*\)/,
    );

    const none = stoppedAt(perRound + 1);
    assert.equal(await run(options, photographs, none.interrupt, none.start), undefined);
  }).timeout(30_000);
});

describe("the summary of a load", () => {
  const [redirect, failover] = [
    { name: "redirect", delivery: "redirect" },
    { name: "failover", delivery: "failover" },
  ] as const;
  const answer = (ms: number): Observed => ({ ok: true, hit: ms < 20, requests: 1, ms });
  const turn = (contender: LoadTurn["contender"], round: number, ...observed: Observed[]): LoadTurn => ({
    scenario: "hits",
    contender,
    round,
    seconds: 2,
    observed,
  });

  it("pairs a contender with the floor in the same round, and takes no error for an answer", () => {
    const rows = loadRows(
      [
        // The second round is three times as slow for both.
        ...[turn(failover, 1, answer(5)), turn(redirect, 1, answer(10), answer(10))],
        turn(redirect, 2, answer(30), answer(30)),
        turn(failover, 2, answer(15), { ok: false, hit: false, requests: 1, ms: 0 }),
      ],
      [redirect, failover],
    );
    const half = { median: 0.5, low: 0.5, high: 0.5 };
    assert.deepEqual(rows, [
      {
        scenario: "hits",
        contender: "redirect",
        delivery: "redirect",
        answers: 4,
        errors: 0,
        perSecond: { median: 1, low: 1, high: 1 },
        ms: { median: 20, p95: 30, p99: 30 },
        requests: 1,
        hitRatio: 0.5,
      },
      {
        scenario: "hits",
        contender: "failover",
        delivery: "failover",
        answers: 2,
        errors: 1,
        perSecond: { median: 0.5, low: 0.5, high: 0.5 },
        ms: { median: 10, p95: 14.5, p99: 14.9 },
        requests: 1,
        hitRatio: 1,
        perSecondOver: half,
        msOver: half,
      },
    ]);
  });

  it("says so where nothing was answered as expected", () => {
    const [row] = loadRows([turn(redirect, 1, { ok: false, hit: false, requests: 1, ms: 3 })], [redirect]);
    assert.deepEqual([row?.answers, row?.errors, row?.ms, row?.hitRatio], [0, 1, undefined, 0]);
  });

  it("mixes 90 % hits, 8 % misses and 2 % refusals", () => {
    const cycle = SCENARIOS.find(({ name }) => name === "a mix")?.cycle ?? [];
    const share = (kind: string) => cycle.filter((each) => each === kind).length / cycle.length;
    assert.deepEqual(["hit", "miss", "refused"].map(share), [0.9, 0.08, 0.02]);
  });
});

describe("a mistake in npm run bench:load", () => {
  const mistakes: readonly (readonly [string, readonly string[], string])[] = [
    ["no time", ["--seconds", "0"], "--seconds 0: expected a number from 0.1 to 60"],
    ["no connection", ["--connections", "0"], "--connections 0: expected a whole number from 1 to 1000"],
    ["half a round", ["--rounds", "0.5"], "--rounds 0.5: expected a whole number from 1 to 1000"],
    ["a latency with a unit", ["--latency", "50ms"], "--latency 50ms: expected a whole number from 0 to 1000"],
  ];
  for (const [what, argv, message] of mistakes) {
    it(`is ${what}`, () => {
      assert.throws(
        () => readArguments(argv),
        (error) => error instanceof UserError && error.message === message,
      );
    });
  }
});
