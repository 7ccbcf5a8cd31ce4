import { describe } from "mocha";
import { sizeAllowListBounded } from "../../../policy/rules/size-allow-list-bounded";
import { accepts, rejects, resource } from "../support/check";

const FUNCTION = "aws:lambda/function:Function";
const withSettings = (settings: unknown) =>
  resource(FUNCTION, { environment: { variables: { SETTINGS: JSON.stringify(settings) } } });
const list = (sizes: unknown, maxDimension = 4096) => withSettings({ allowList: { sizes, formats: [], maxDimension } });
const widths = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}w`);

describe("size-allow-list-bounded", () => {
  accepts(sizeAllowListBounded, [
    ["a short list", list(["360x270", "640w", "480h.webp"])],
    ["a maxDimension that no size reaches", list(["640w"], 1_000_000)],
    ["20 sizes", list(widths(20))],
    ["a size of 4096x4096", list(["4096x4096"])],
    ["a larger size where the config allows it", list(["5000w"]), { maxDimension: 5000 }],
    ["any size where the config allows it", list("any"), { allowUnlistedSizes: true }],
    ["another function's settings", withSettings({ bucket: "photos" })],
    ["other variables", resource(FUNCTION, { environment: { variables: { QUEUE_URL: "x" } } })],
    ["text that is not JSON", resource(FUNCTION, { environment: { variables: { SETTINGS: "{" } } })],
    ["no variables", resource(FUNCTION, {})],
  ]);
  rejects(sizeAllowListBounded, [
    ["no list", withSettings({ maxInputBytes: 1 }), "allowList.sizes lists no sizes"],
    ["an empty list", list([]), "allowList.sizes lists no sizes"],
    ["a list that is a number", list(5), "allowList.sizes lists no sizes"],
    ["21 sizes", list(widths(21)), "allowList.sizes lists 21 sizes. List 20 at most"],
    ["a large width", list(["640w", "4097x10"]), "allowList.sizes lists 4097x10, which is too large"],
    ["a large height", list(["640w", "10x4097"]), "allowList.sizes lists 10x4097, which is too large"],
    ["a wildcard", list(["640w", "*"]), "allowList.sizes lists *, which is no size"],
    ["a number", list([640]), "allowList.sizes lists 640, which is no size"],
    ["more sizes than the config allows", list(["640w", "320w"]), "lists 2 sizes", { maxSizes: 1 }],
    ["any size", list("any"), "allowList.sizes is any, so any client can create any number of variants"],
    [
      "any size up to a large one",
      list("any"),
      "allowList.maxDimension is 4096",
      { allowUnlistedSizes: true, maxDimension: 2048 },
    ],
  ]);
});
