import { type Report, resourceRule } from "../lib/rule";
import { type ConfigValues, flag, wholeNumber } from "../lib/rule-config";
import { readSpec } from "../lib/size";
import { settingsOf } from "../lib/settings";
import { propertyOf, shown, type Json } from "../lib/values";

const FUNCTION = "aws:lambda/function:Function";
const CONFIG = {
  maxSizes: wholeNumber(20, "Most sizes that a stack may list: each is one more variant of every original"),
  maxDimension: wholeNumber(4096, "Longest side of any size, in pixels"),
  allowUnlistedSizes: flag(false, "Whether a stack may create sizes that are not listed"),
};

/** Any client can request a variant, so the sizes are listed, few and not large. */
export const sizeAllowListBounded = resourceRule(
  {
    name: "size-allow-list-bounded",
    description: "A resizer creates the sizes on a short list and no others.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps: "List the sizes in allowList.sizes of the variable SETTINGS.",
  },
  [FUNCTION],
  CONFIG,
  ({ props }, report, config) => {
    const settings = settingsOf(props);
    if (settings === undefined) return;
    const allowList = propertyOf(settings, "allowList");
    const sizes = propertyOf(allowList, "sizes");
    if (sizes === "any") checkUnlisted(propertyOf(allowList, "maxDimension"), report, config);
    else checkList(sizes, report, config);
  },
);

function checkUnlisted(maxDimension: Json, report: Report, config: ConfigValues<typeof CONFIG>): void {
  if (!config.allowUnlistedSizes) {
    report(
      "allowList.sizes is any, so any client can create any number of variants",
      "List the sizes, or set allowUnlistedSizes in the pack's config for this environment",
    );
  }
  if (!Number.isInteger(maxDimension) || !(Number(maxDimension) >= 1 && Number(maxDimension) <= config.maxDimension)) {
    report(`allowList.maxDimension is ${shown(maxDimension)}`, `Set it to 1 to ${config.maxDimension} pixels`);
  }
}

function checkList(value: Json, report: Report, config: ConfigValues<typeof CONFIG>): void {
  const sizes: readonly Json[] = Array.isArray(value) ? value : [];
  if (sizes.length === 0) {
    report("allowList.sizes lists no sizes", "List the sizes that the stack creates: 360x270, 640w");
  }
  if (sizes.length > config.maxSizes) {
    report(`allowList.sizes lists ${sizes.length} sizes`, `List ${config.maxSizes} at most`);
  }
  for (const size of sizes) {
    const spec = typeof size === "string" ? readSpec(size) : undefined;
    if (spec === undefined) {
      report(`allowList.sizes lists ${shown(size)}, which is no size`, "Write 360x270, 640w or 480h");
    } else if (Math.max(spec.width ?? 0, spec.height ?? 0) > config.maxDimension) {
      const fix = `Keep both sides to ${config.maxDimension} pixels`;
      report(`allowList.sizes lists ${shown(size)}, which is too large`, fix);
    }
  }
}
