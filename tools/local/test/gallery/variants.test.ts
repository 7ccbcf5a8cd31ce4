import assert from "node:assert/strict";
import type { Leg } from "../../gallery/contract";
import { Variants } from "../../gallery/page/originals/variants";
import { Unreachable } from "../../gallery/page/server";

describe("the variants of an image", () => {
  const SPECS = ["1w", "2w", "3w", "4w", "5w"];
  const leg = (status: number, more: Partial<Leg> = {}): Leg => {
    return {
      url: "http://localhost:1/",
      status,
      headers: { "content-type": "image/webp" },
      ms: 10,
      bytes: 100,
      ...more,
    };
  };

  /** Variants whose requests are answered when the test says so. */
  function waiting() {
    const requests = new Map<string, (legs: readonly Leg[]) => void>();
    const variants = new Variants((spec) => new Promise((resolve) => requests.set(spec, resolve)));
    const answer = async (spec: string, ...legs: Leg[]) => {
      requests.get(spec)?.(legs);
      await new Promise(setImmediate);
    };
    return { requests, variants, answer };
  }

  it("are all counted, in whatever order two requests at a time are answered", async () => {
    const { requests, variants, answer } = waiting();
    const loading = variants.load(SPECS);
    const seen: string[] = [];
    for (const [index, spec] of ["2w", "3w", "1w", "5w", "4w"].entries()) {
      seen.push([...requests.keys()].join(" "));
      assert.equal(variants.tookMs.value, undefined);
      await answer(spec, leg(200, { bytes: 10 ** index }));
    }
    await loading;
    assert.deepEqual(seen, ["1w 2w", "1w 2w 3w", "1w 2w 3w 4w", "1w 2w 3w 4w 5w", "1w 2w 3w 4w 5w"]);
    assert.deepEqual(
      variants.all.value.map(({ spec, served }) => `${spec} ${served?.bytes ?? ""}`),
      ["1w 100", "2w 1", "3w 10", "4w 10000", "5w 1000"],
    );
    assert.equal(variants.bytes, 11_111);
    assert.ok(variants.tookMs.value !== undefined);
  });

  it("say what they are, how long they took to create, and why there is none", async () => {
    const { variants, answer } = waiting();
    const loading = variants.load(["1w", "2w", "3w"]);
    await answer("1w", leg(307), leg(301), leg(200, { width: 4, height: 3 }));
    await answer("2w", leg(200, { width: 4, height: 3 }));
    await answer("3w", leg(307), leg(404, { text: "no" }));
    await loading;
    const served = { width: 4, height: 3, format: "WEBP", bytes: 100 };
    assert.deepEqual(variants.all.value, [
      { spec: "1w", served: { ...served, createdInMs: 30 } },
      { spec: "2w", served: { ...served, createdInMs: undefined } },
      { spec: "3w", rejected: { status: 404, text: "no" } },
    ]);
  });

  it("are requested no further when the stack does not answer, with one sentence", async () => {
    const requested: string[] = [];
    const variants = new Variants((spec) => {
      requested.push(spec);
      return Promise.reject(new Unreachable());
    });
    await variants.load(SPECS);
    assert.deepEqual(requested, ["1w", "2w"]);
    assert.equal(variants.problem.value, "The stack does not answer: start it again with npm start.");
    assert.deepEqual(
      variants.all.value,
      SPECS.map((spec) => ({ spec })),
    );
  });
});
