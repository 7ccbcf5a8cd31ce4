import assert from "node:assert/strict";
import { checkStack } from "@image-resizer/policy-check/check-stack";
import { checkConfig } from "../../infra/config";
import { rules } from "../../policy/rules";
import { everything } from "../support/everything";
import { register, type Registered } from "../support/program";

/** Keys that exclude others: a list of sizes, and an adopted bucket. */
const CONFLICTING = ["image.allowUnlistedSizes", "bucket.forceDestroy"];

/** Returns the values of an object of objects by their paths. */
function leaves(object: object, prefix = ""): Record<string, unknown> {
  const entries = Object.entries(object).flatMap(([name, value]: [string, unknown]) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.entries(leaves(value, `${prefix}${name}.`))
      : [[`${prefix}${name}`, value] as const],
  );
  return Object.fromEntries(entries);
}

describe("a stack with everything on", () => {
  let stack: Registered;

  before(async () => {
    stack = await register({ stack: "dev", config: everything() });
  });

  it("sets every key of the config that is off by default", () => {
    const on = leaves(everything());
    for (const [key, value] of Object.entries(leaves(checkConfig({ sizes: ["640w"] }).config ?? {}))) {
      if (value === false && !CONFLICTING.includes(key)) assert.equal(on[`image-resizer:${key}`], true, key);
    }
    for (const key of [
      "bucket.variantExpiryDays",
      "cdn.domain.name",
      "operations.alarmEmail",
      "operations.monthlyBudgetUsd",
    ]) {
      assert.ok(on[`image-resizer:${key}`] !== undefined, key);
    }
  });

  it("passes every rule of the policy pack", async () => {
    const verdicts = await checkStack(rules, stack.run.resources);
    assert.deepEqual(
      verdicts.flatMap(({ rule, violations }) => violations.map((violation) => `${rule.name}: ${violation}`)),
      [],
    );
  });
});
