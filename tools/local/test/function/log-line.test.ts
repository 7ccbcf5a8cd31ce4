import assert from "node:assert/strict";
import { createMetrics } from "../../../../functions/resizer/metrics";
import { withoutMetrics } from "../../function/function-process";

describe("a line of the function's log, as the local stack shows it", () => {
  const metrics = createMetrics({ namespace: "image-resizer", stack: "dev" }, { sizes: ["640w"] });

  it("is without the metrics that it carries", () => {
    const made = {
      size: "640w",
      format: "jpeg",
      written: true,
      milliseconds: 84,
      bytesIn: 2000,
      bytesOut: 40,
    } as const;
    const line = { level: "info", message: "variant written", requestId: "1", ...made };
    assert.equal(withoutMetrics(JSON.stringify({ ...line, ...metrics.made(made) })), JSON.stringify(line));
    const refusal = { level: "warn", message: "There is no such original.", error: "original-not-found" };
    assert.equal(
      withoutMetrics(JSON.stringify({ ...refusal, ...metrics.refused("original-not-found") })),
      JSON.stringify(refusal),
    );
  });

  it("is as it was where it carries none", () => {
    for (const line of ["hello", '{"level": "info"}', '"_aws"', '{"_aws"', "null", '["_aws"]']) {
      assert.equal(withoutMetrics(line), line);
    }
  });
});
