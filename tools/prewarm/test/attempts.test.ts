import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Pace, requestUntilDone, type Time } from "../attempts";
import type { Answer } from "../request-variant";

/** Time that passes only during waits. */
class VirtualTime implements Time {
  readonly waits: number[] = [];
  ms = 0;
  now = () => this.ms;
  wait = (ms: number) => {
    this.waits.push(ms);
    this.ms += ms;
    return Promise.resolve();
  };
}

const failed = (status: number | null, retryAfterMs = 0): Answer => ({
  kind: "failed",
  status,
  reason: `The stack answered with ${String(status)}.`,
  retryAfterMs,
});

describe("the requests for a variant", () => {
  async function outcomeOf(answers: readonly Answer[], stop = new AbortController(), stopAfter = Infinity) {
    const time = new VirtualTime();
    const left = [...answers];
    let requests = 0;
    const once = () => {
      requests += 1;
      if (requests === stopAfter) stop.abort();
      return Promise.resolve(left.shift() ?? assert.fail("there was one more request"));
    };
    const pace = new Pace(time);
    const outcome = await requestUntilDone(once, { pace, time, stop: stop.signal, random: () => 0.5 });
    return { outcome, requests, waits: time.waits, gapMs: pace.gapMs };
  }

  it("end with the variant", async () => {
    const done = { outcome: { kind: "existing" }, requests: 1, waits: [], gapMs: 0 };
    assert.deepEqual(await outcomeOf([{ kind: "existing" }]), done);
  });

  it("are repeated, each time after twice as long", async () => {
    const failures = [failed(500), failed(502), failed(null), failed(500)];
    const { outcome, waits } = await outcomeOf([...failures, { kind: "created" }]);
    assert.deepEqual(outcome, { kind: "created" });
    assert.deepEqual(waits, [750, 1500, 3000, 6000]);
  });

  it("end after five", async () => {
    const { outcome, requests } = await outcomeOf(Array.from({ length: 5 }, () => failed(500)));
    const reason = "The stack answered with 500.";
    assert.deepEqual(outcome, { kind: "failed", status: 500, reason, attempts: 5 });
    assert.equal(requests, 5);
  });

  it("end with a rejection", async () => {
    const { outcome, waits } = await outcomeOf([{ kind: "failed", status: 422, reason: "It is damaged." }]);
    assert.deepEqual(outcome, { kind: "failed", status: 422, reason: "It is damaged.", attempts: 1 });
    assert.deepEqual(waits, []);
  });

  it("follow Retry-After, up to a minute", async () => {
    const busy = [failed(503, 5000), failed(503, 3_600_000)];
    assert.deepEqual((await outcomeOf([...busy, { kind: "created" }])).waits, [5000, 60_000]);
  });

  it("end without an outcome if the run is stopped", async () => {
    const stopped = new AbortController();
    stopped.abort();
    assert.deepEqual((await outcomeOf([], stopped)).requests, 0);
    const { outcome, requests } = await outcomeOf([failed(500)], new AbortController(), 1);
    assert.deepEqual([outcome, requests], [undefined, 1]);
  });
});

describe("the pace of requests", () => {
  it("is unlimited until the stack is busy, then half as slow again after each such answer", async () => {
    const time = new VirtualTime();
    const pace = new Pace(time);
    for (let sent = 0; sent < 200; sent++) {
      await pace.turn();
      time.ms += 10;
    }
    assert.deepEqual([pace.gapMs, time.waits], [0, []]);

    pace.slowDown(0);
    assert.equal(Math.round(pace.gapMs), 15);
    // Requests in flight get the same answer.
    pace.slowDown(0);
    assert.equal(Math.round(pace.gapMs), 15);
    await pace.turn();
    await pace.turn();
    assert.deepEqual(time.waits.map(Math.round), [15]);

    time.ms += 1000;
    pace.slowDown(0);
    assert.equal(Math.floor(pace.gapMs), 22);
  });

  it("follows Retry-After", async () => {
    const time = new VirtualTime();
    const pace = new Pace(time);
    pace.slowDown(3000);
    await pace.turn();
    assert.deepEqual(time.waits, [3000]);
  });

  it("reaches the rate of a throttle, and no limit without one", async () => {
    const time = new VirtualTime();
    const pace = new Pace(time);
    const perSecond = 50;
    let tokens = 10;
    let filledAt = 0;
    let rejected = 0;
    for (let sent = 0; sent < 3000; sent++) {
      await pace.turn();
      // Without a limit, 200 per second.
      time.ms += 5;
      tokens = Math.min(10, tokens + ((time.ms - filledAt) / 1000) * perSecond);
      filledAt = time.ms;
      if (tokens < 1) {
        rejected += 1;
        pace.slowDown(0);
      } else {
        tokens -= 1;
        pace.speedUp();
      }
    }
    const rate = (3000 - rejected) / (time.ms / 1000);
    assert.ok(rate > 0.9 * perSecond, `${rate} a second`);
    assert.ok(rejected < 0.1 * 3000, `${rejected} of 3000 were rejected`);

    for (let sent = 0; sent < 5000; sent++) pace.speedUp();
    assert.equal(pace.gapMs, 0);
  });
});
