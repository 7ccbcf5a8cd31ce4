import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { Answer } from "../ask";
import { askUntilDone } from "../attempts";
import { Pace, type Time } from "../pace";

/** Time that passes only where somebody waits. */
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

const failed = (status: number | null, more: { busy?: boolean; retryAfterMs?: number } = {}): Answer => ({
  kind: "failed",
  status,
  reason: `The stack answered with ${String(status)}.`,
  busy: false,
  retryAfterMs: 0,
  ...more,
});

describe("asking until there is an outcome", () => {
  async function outcomeOf(answers: readonly Answer[], stop = new AbortController(), stopAfter = Infinity) {
    const time = new VirtualTime();
    const left = [...answers];
    let asked = 0;
    const once = () => {
      asked += 1;
      if (asked === stopAfter) stop.abort();
      return Promise.resolve(left.shift() ?? assert.fail("it was asked once more"));
    };
    const pace = new Pace(time);
    const outcome = await askUntilDone(once, { pace, time, stop: stop.signal, random: () => 0.5 });
    return { outcome, asked, waits: time.waits, gapMs: pace.gapMs };
  }

  it("ends with the variant", async () => {
    assert.deepEqual(await outcomeOf([{ kind: "there" }]), {
      outcome: { kind: "there" },
      asked: 1,
      waits: [],
      gapMs: 0,
    });
  });

  it("tries again, each time after twice as long", async () => {
    const { outcome, waits } = await outcomeOf([failed(500), failed(502), failed(null), failed(500), { kind: "made" }]);
    assert.deepEqual(outcome, { kind: "made" });
    assert.deepEqual(waits, [750, 1500, 3000, 6000]);
  });

  it("gives up after five times", async () => {
    const { outcome, asked } = await outcomeOf(Array.from({ length: 5 }, () => failed(500)));
    const reason = "The stack answered with 500.";
    assert.deepEqual(outcome, { kind: "failed", status: 500, reason, attempts: 5 });
    assert.equal(asked, 5);
  });

  it("does not try again what is refused", async () => {
    const { outcome, waits } = await outcomeOf([{ kind: "refused", status: 422, reason: "It is damaged." }]);
    assert.deepEqual(outcome, { kind: "failed", status: 422, reason: "It is damaged.", attempts: 1 });
    assert.deepEqual(waits, []);
  });

  it("waits as long as it is asked to, but no longer than a minute", async () => {
    const asks = [failed(503, { retryAfterMs: 5000 }), failed(503, { retryAfterMs: 3_600_000 })];
    assert.deepEqual((await outcomeOf([...asks, { kind: "made" }])).waits, [5000, 60_000]);
  });

  it("ends without an outcome where the run is stopped", async () => {
    const stopped = new AbortController();
    stopped.abort();
    assert.deepEqual((await outcomeOf([], stopped)).asked, 0);
    const { outcome, asked } = await outcomeOf([failed(500)], new AbortController(), 1);
    assert.deepEqual([outcome, asked], [undefined, 1]);
  });
});

describe("the pace of requests", () => {
  it("is no matter until the stack is busy, then half as slow again as before at each complaint", async () => {
    const time = new VirtualTime();
    const pace = new Pace(time);
    for (let sent = 0; sent < 200; sent++) {
      await pace.turn();
      time.ms += 10;
    }
    assert.deepEqual([pace.gapMs, time.waits], [0, []]);

    pace.slowDown(0);
    assert.equal(Math.round(pace.gapMs), 15);
    // Those under way complain of the same.
    pace.slowDown(0);
    assert.equal(Math.round(pace.gapMs), 15);
    await pace.turn();
    await pace.turn();
    assert.deepEqual(time.waits.map(Math.round), [15]);

    time.ms += 1000;
    pace.slowDown(0);
    assert.equal(Math.floor(pace.gapMs), 22);
  });

  it("stops for as long as the stack asks", async () => {
    const time = new VirtualTime();
    const pace = new Pace(time);
    pace.slowDown(3000);
    await pace.turn();
    assert.deepEqual(time.waits, [3000]);
  });

  it("comes to a throttle's rate, and back to none when that is gone", async () => {
    const time = new VirtualTime();
    const pace = new Pace(time);
    const perSecond = 50;
    let tokens = 10;
    let filledAt = 0;
    let refused = 0;
    for (let sent = 0; sent < 3000; sent++) {
      await pace.turn();
      // At will, 200 a second.
      time.ms += 5;
      tokens = Math.min(10, tokens + ((time.ms - filledAt) / 1000) * perSecond);
      filledAt = time.ms;
      if (tokens < 1) {
        refused += 1;
        pace.slowDown(0);
      } else {
        tokens -= 1;
        pace.speedUp();
      }
    }
    const rate = (3000 - refused) / (time.ms / 1000);
    assert.ok(rate > 0.9 * perSecond, `${rate} a second`);
    assert.ok(refused < 0.1 * 3000, `${refused} of 3000 were refused`);

    for (let sent = 0; sent < 5000; sent++) pace.speedUp();
    assert.equal(pace.gapMs, 0);
  });
});
