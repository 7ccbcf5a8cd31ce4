import { propertyOf, recordOf, shown, type Json } from "../kit/json";
import { type Report, resourceRule } from "../kit/rule";
import { readSpec } from "../kit/size";
import { flag, type Settings, wholeNumber } from "../kit/tunables";

const FUNCTION = "aws:lambda/function:Function";

const SIZES = "ALLOWED_SIZES";
const UNLISTED = "ALLOW_UNLISTED_SIZES";
const LARGEST = "MAX_DIMENSION";
/** A function with one of these in its environment makes variants. */
const VARIABLES_OF_A_RESIZER = [SIZES, UNLISTED, LARGEST, "ALLOWED_FORMATS", "MAX_INPUT_BYTES", "MAX_INPUT_PIXELS"];

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
    remediationSteps: "List the sizes in ALLOWED_SIZES, and leave ALLOW_UNLISTED_SIZES false.",
  },
  [FUNCTION],
  TUNABLES,
  ({ props }, report, settings) => {
    const variables = propertyOf(propertyOf(props, "environment"), "variables");
    const names = Object.keys(recordOf(variables) ?? {});
    if (!VARIABLES_OF_A_RESIZER.some((name) => names.includes(name))) return;

    const unlisted = propertyOf(variables, UNLISTED);
    if (unlisted === "true" || unlisted === true) judgeUnlisted(variables, report, settings);
    else judgeList(propertyOf(variables, SIZES), report, settings);
  },
);

function judgeUnlisted(variables: Json, report: Report, settings: Settings<typeof TUNABLES>): void {
  if (!settings.allowUnlistedSizes) {
    report(
      `${UNLISTED} is true, so anybody can have any number of variants made`,
      `List the sizes, or set allowUnlistedSizes in the pack's config for this environment`,
    );
  }
  const largest = propertyOf(variables, LARGEST);
  const pixels = typeof largest === "string" || typeof largest === "number" ? Number(largest) : NaN;
  if (!Number.isInteger(pixels) || pixels < 1 || pixels > settings.maxDimension) {
    report(`${LARGEST} is ${shown(largest)}`, `Set it to 1 to ${settings.maxDimension} pixels`);
  }
}

function judgeList(value: Json, report: Report, settings: Settings<typeof TUNABLES>): void {
  const sizes =
    typeof value === "string"
      ? value
          .split(",")
          .map((size) => size.trim())
          .filter((size) => size !== "")
      : [];
  if (sizes.length === 0) {
    report(`${SIZES} lists no sizes`, "List the sizes that the stack makes: 360x270,640w");
  }
  if (sizes.length > settings.maxSizes) {
    report(`${SIZES} lists ${sizes.length} sizes`, `List ${settings.maxSizes} at most`);
  }
  for (const size of sizes) {
    const spec = readSpec(size);
    if (spec === undefined) {
      report(`${SIZES} lists ${shown(size)}, which is no size`, "Write 360x270, 640w or 480h");
    } else if (Math.max(spec.width ?? 0, spec.height ?? 0) > settings.maxDimension) {
      report(`${SIZES} lists ${shown(size)}, which is too large`, `Keep both sides to ${settings.maxDimension} pixels`);
    }
  }
}
