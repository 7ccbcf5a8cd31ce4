import assert from "node:assert/strict";
import { createMetrics, type Made } from "../../../functions/resizer/metrics";
import { REFUSAL_CODES } from "../../../functions/resizer/refusal";
import { sampledTraceId } from "../../../functions/resizer/handler";

const PLACE = { namespace: "image-resizer", stack: "prod" };
const MADE: Made = {
  size: "640w",
  format: "webp",
  written: true,
  milliseconds: 84,
  bytesIn: 2_000_000,
  bytesOut: 40_000,
};

const STARTED = Date.now();

/** Removes the time, which is now. */
function timeless(members: Readonly<Record<string, unknown>>) {
  const { _aws, ...others } = members as { _aws: { Timestamp: number; CloudWatchMetrics: unknown[] } };
  assert.ok(_aws.Timestamp >= STARTED && _aws.Timestamp <= Date.now());
  return { directives: _aws.CloudWatchMetrics, ...others };
}

describe("the resizer's metrics", () => {
  it("count, time and weigh a variant, for the stack, by size and by format", () => {
    assert.deepEqual(timeless(createMetrics(PLACE, { sizes: ["640w"] }).made(MADE)), {
      directives: [
        {
          Namespace: "image-resizer",
          Dimensions: [["Stack"], ["Stack", "Size"], ["Stack", "Format"]],
          Metrics: [
            { Name: "VariantsMade", Unit: "Count" },
            { Name: "Duration", Unit: "Milliseconds" },
            { Name: "BytesIn", Unit: "Bytes" },
            { Name: "BytesOut", Unit: "Bytes" },
          ],
        },
      ],
      Stack: "prod",
      Size: "640w",
      Format: "webp",
      VariantsMade: 1,
      Duration: 84,
      BytesIn: 2_000_000,
      BytesOut: 40_000,
    });
  });

  it("count no variant that another request had written", () => {
    const { VariantsMade, Duration } = createMetrics(PLACE, { sizes: ["640w"] }).made({ ...MADE, written: false });
    assert.deepEqual([VariantsMade, Duration], [0, 84]);
  });

  it("have one size where a stack makes any: a client cannot make a dimension's values", () => {
    assert.equal(createMetrics(PLACE, { sizes: "any" }).made({ ...MADE, size: "641w" }).Size, "other");
  });

  it("count refusals by reason, of which there are ten", () => {
    assert.deepEqual(timeless(createMetrics(PLACE, { sizes: ["640w"] }).refused("size-not-allowed")), {
      directives: [
        {
          Namespace: "image-resizer",
          Dimensions: [["Stack"], ["Stack", "Reason"]],
          Metrics: [{ Name: "Refusals", Unit: "Count" }],
        },
      ],
      Stack: "prod",
      Reason: "size-not-allowed",
      Refusals: 1,
    });
    assert.equal(REFUSAL_CODES.length, 10);
  });

  it("are none where the stack is not monitored", () => {
    const metrics = createMetrics(undefined, { sizes: ["640w"] });
    assert.deepEqual([metrics.made(MADE), metrics.refused("unavailable")], [{}, {}]);
  });
});

describe("the trace's id", () => {
  const ROOT = "1-5759e988-bd862e3fe1be46a994272793";

  it("is that of a request that X-Ray keeps", () => {
    assert.equal(sampledTraceId(`Root=${ROOT};Parent=53995c3f42cd8ad8;Sampled=1`), ROOT);
    assert.equal(sampledTraceId(`Self=1-a;Root=${ROOT};Sampled=1;Lineage=25:a`), ROOT);
  });

  it("is none where it keeps none", () => {
    assert.equal(sampledTraceId(`Root=${ROOT};Parent=53995c3f42cd8ad8;Sampled=0`), undefined);
    assert.equal(sampledTraceId(`Root=${ROOT}`), undefined);
    assert.equal(sampledTraceId("Sampled=1"), undefined);
    assert.equal(sampledTraceId(undefined), undefined);
  });
});
