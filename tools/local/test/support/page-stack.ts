import type { AllowList } from "../../../../functions/variant-key";
import { Stack } from "../../gallery/page/stack";

/** A stack as the page sees it, with these sizes and formats. */
export function stackOf(sizes: AllowList["sizes"], formats: AllowList["formats"] = [], maxDimension = 4096): Stack {
  return new Stack({
    stack: "dev",
    endpoints: { cdn: "http://localhost:1", api: "http://localhost:2/dev" },
    allowList: { sizes, formats, maxDimension },
    ...{ bucket: "images", region: "us-east-1", accessKey: { accessKeyId: "id", secretAccessKey: "secret" } },
    fit: "cover",
    position: "centre",
    maxInputBytes: 1000,
  });
}
