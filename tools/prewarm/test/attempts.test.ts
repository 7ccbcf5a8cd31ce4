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

    const sentAtMs = time.ms - 10;
    pace.slowDown(sentAtMs, 0);
    assert.equal(Math.round(pace.gapMs), 15);
    // Requests in flight get the same answer.
    pace.slowDown(sentAtMs, 0);
    assert.equal(Math.round(pace.gapMs), 15);
    await pace.turn();
    const laterMs = await pace.turn();
    assert.deepEqual(time.waits.map(Math.round), [15]);
    pace.slowDown(laterMs, 0);
    assert.equal(Math.floor(pace.gapMs), 22);
  });

  it("follows Retry-After", async () => {
    const time = new VirtualTime();
    const pace = new Pace(time);
    pace.slowDown(0, 3000);
    await pace.turn();
    assert.deepEqual(time.waits, [3000]);
  });

  for (const { variants, workers, throttle } of [
    // At first each of them is sent at once, and all but the burst are throttled.
    { variants: 12, workers: 16, throttle: { perSecond: 5, burst: 1 } },
    { variants: 1000, workers: 64, throttle: { perSecond: 5, burst: 10 } },
    { variants: 3000, workers: 256, throttle: { perSecond: 50, burst: 50 } },
  ]) {
    const { perSecond, burst } = throttle;
    it(`reaches ${perSecond} a second, with ${workers} requests at once, without a failure`, async () => {
      const { failed, throttled, seconds } = await createAll(variants, workers, throttle);
      const least = (variants - burst) / perSecond;
      assert.equal(failed, 0);
      assert.ok(throttled < workers + 0.1 * variants + 10, `${throttled} were throttled`);
      assert.ok(seconds < 1.25 * least + 3, `${seconds} s instead of ${least}`);
    });
  }

  it("is unlimited again after many variants", () => {
    const pace = new Pace(new VirtualTime());
    pace.slowDown(0, 0);
    for (let created = 0; created < 500; created++) pace.speedUp();
    assert.equal(pace.gapMs, 0);
  });
});

/** Time in which several wait at once: it passes when nothing else is left to do. */
class SharedTime implements Time {
  readonly #waiting: { readonly atMs: number; readonly resume: () => void }[] = [];
  #ms = 0;
  now = () => this.#ms;
  wait = (ms: number) =>
    new Promise<void>((resume) => {
      this.#waiting.push({ atMs: this.#ms + ms, resume });
    });

  /** Lets it pass until nothing waits any more. */
  async pass(): Promise<void> {
    for (;;) {
      await new Promise(setImmediate);
      const next = this.#waiting.sort((a, b) => a.atMs - b.atMs).shift();
      if (!next) return;
      this.#ms = next.atMs;
      next.resume();
    }
  }
}

/** Requests variants from a stack that takes half a second for each and is throttled by a token bucket. */
async function createAll(variants: number, workers: number, throttle: { perSecond: number; burst: number }) {
  const time = new SharedTime();
  const pace = new Pace(time);
  let share = 0;
  const random = () => (share = (share + 0.618) % 1);
  let [tokens, filledAtMs, throttled, failures, left] = [throttle.burst, 0, 0, 0, variants];
  const request = async (): Promise<Answer> => {
    await time.wait(5);
    const filled = tokens + ((time.now() - filledAtMs) / 1000) * throttle.perSecond;
    [tokens, filledAtMs] = [Math.min(throttle.burst, filled), time.now()];
    if (tokens < 1) {
      throttled += 1;
      return failed(429);
    }
    tokens -= 1;
    await time.wait(500);
    return { kind: "created" };
  };
  const stop = new AbortController().signal;
  const work = async () => {
    while (left > 0) {
      left -= 1;
      const outcome = await requestUntilDone(request, { pace, time, stop, random });
      if (outcome?.kind === "failed") failures += 1;
    }
  };
  const working = Promise.all(Array.from({ length: workers }, work));
  await time.pass();
  await working;
  return { failed: failures, throttled, seconds: time.now() / 1000 };
}
