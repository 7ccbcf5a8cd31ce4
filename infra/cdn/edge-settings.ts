import type { EdgeSettings } from "../../functions/edge/settings";
import type { StackConfig } from "../config";

/** Returns the settings of the stack's edge function; undefined where it would do nothing. */
export function edgeSettings({ allowList, formats, cdn }: StackConfig): EdgeSettings | undefined {
  // Every client accepts JPEG and PNG: those two are created where a key names them.
  const negotiated = formats.filter((format) => format === "avif" || format === "webp");
  // API Gateway decodes a path before the function sees it, and cuts it at a question mark: the key goes beside it.
  const keyInQuery = cdn.delivery === "failover";
  if (negotiated.length === 0 && !cdn.validateAtEdge && !keyInQuery) return undefined;
  return { allowList, negotiated, refusals: cdn.validateAtEdge, keyInQuery };
}
