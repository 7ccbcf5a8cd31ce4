import assert from "node:assert/strict";
import type { Format } from "../../../functions/variant-key";
import { MAX_LEFT_OUT_SPECS, originalChangesPattern } from "../../../infra/purge/variant-purge";
import { register } from "../../support/program";

const CONFIG = { "bucket.purgeOnChange": true, "resizer.timeout": 20 };

describe("VariantPurge", () => {
  it("looks at a change again when the longest resize has ended and its write has arrived", async () => {
    const stack = await register({ stack: "dev", config: CONFIG });
    assert.equal(stack.named("Queue", "purge-queue-again").inputs.delaySeconds, 30);
  });

  it("leaves no more specs out by the rule's pattern than EventBridge accepts wildcards", () => {
    assert.equal(MAX_LEFT_OUT_SPECS, 3);
    const leftOut = (sizes: string[], formats: Format[]) =>
      originalChangesPattern("b", { sizes, formats, maxDimension: 4096 }).detail.object.key;
    assert.deepEqual(leftOut(["100w", "200w", "300w", "400w"], []), [
      { "anything-but": { wildcard: ["*/100w/*", "*/200w/*", "*/300w/*"] } },
    ]);
    // What most clients get comes first.
    assert.deepEqual(leftOut(["100w", "200w"], ["avif", "webp"]), [
      { "anything-but": { wildcard: ["*/100w.avif/*", "*/200w.avif/*", "*/100w.webp/*"] } },
    ]);
  });

  it("has its role's whole policy known in a preview, but for the distribution that there is not yet", async () => {
    const stack = await register({ stack: "dev", config: CONFIG });
    const preview = await register({ stack: "dev", config: CONFIG, preview: true });
    assert.deepEqual(
      preview.named("RolePolicy", "purge-policy").inputs.policy,
      stack.named("RolePolicy", "purge-policy").inputs.policy,
    );
  });
});
