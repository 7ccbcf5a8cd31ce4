import { propertyOf, recordOf, shown, type Json } from "../kit/json";
import { type Report, resourceRule } from "../kit/rule";
import { readSpec } from "../kit/size";
import { flag, type Settings, wholeNumber } from "../kit/tunables";

const FUNCTION = "aws:lambda/function:Function";

/** The variable of a function that holds its settings as JSON, and what makes it one that creates variants. */
const VARIABLE = "SETTINGS";
const SETTINGS_OF_A_RESIZER = ["allowList", "maxInputBytes", "maxInputPixels"];

const TUNABLES = {
  maxSizes: wholeNumber(20, "The most sizes that a stack may list: each is one more variant of every original"),
  maxDimension: wholeNumber(4096, "The longest side of any size, in pixels"),
  allowUnlistedSizes: flag(false, "Whether a stack may make sizes that are not listed"),
};

/** Anybody can ask for a variant, so what can be asked for is listed, and neither long nor large. */
export const sizeAllowListBounded = resourceRule(
  {
    name: "size-allow-list-bounded",
    description: "A resizer makes the sizes on a short list and no others.",
    severity: "high",
    enforcementLevel: "mandatory",
    remediationSteps: "List the sizes in allowList.sizes of the variable SETTINGS.",
  },
  [FUNCTION],
  TUNABLES,
  ({ props }, report, settings) => {
    const variables = propertyOf(propertyOf(props, "environment"), "variables");
    const given = recordOf(jsonIn(propertyOf(variables, VARIABLE)));
    if (given === undefined || !SETTINGS_OF_A_RESIZER.some((name) => name in given)) return;

    const { sizes = null, maxDimension = null } = recordOf(given.allowList ?? null) ?? {};
    if (sizes === "any") judgeUnlisted(maxDimension, report, settings);
    else judgeList(sizes, report, settings);
  },
);

function jsonIn(text: Json): Json {
  try {
    return typeof text === "string" ? (JSON.parse(text) as Json) : null;
  } catch {
    return null;
  }
}

function judgeUnlisted(largest: Json, report: Report, settings: Settings<typeof TUNABLES>): void {
  if (!settings.allowUnlistedSizes) {
    report(
      "allowList.sizes is any, so anybody can have any number of variants made",
      `List the sizes, or set allowUnlistedSizes in the pack's config for this environment`,
    );
  }
  if (typeof largest !== "number" || !Number.isInteger(largest) || largest < 1 || largest > settings.maxDimension) {
    report(`allowList.maxDimension is ${shown(largest)}`, `Set it to 1 to ${settings.maxDimension} pixels`);
  }
}

function judgeList(value: Json, report: Report, settings: Settings<typeof TUNABLES>): void {
  const sizes = Array.isArray(value) ? value : [];
  if (sizes.length === 0) {
    report("allowList.sizes lists no sizes", "List the sizes that the stack makes: 360x270, 640w");
  }
  if (sizes.length > settings.maxSizes) {
    report(`allowList.sizes lists ${sizes.length} sizes`, `List ${settings.maxSizes} at most`);
  }
  for (const size of sizes) {
    const spec = typeof size === "string" ? readSpec(size) : undefined;
    if (spec === undefined) {
      report(`allowList.sizes lists ${shown(size)}, which is no size`, "Write 360x270, 640w or 480h");
    } else if (Math.max(spec.width ?? 0, spec.height ?? 0) > settings.maxDimension) {
      report(
        `allowList.sizes lists ${shown(size)}, which is too large`,
        `Keep both sides to ${settings.maxDimension} pixels`,
      );
    }
  }
}
