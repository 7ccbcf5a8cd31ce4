import type { EdgeSettings } from "../functions/edge/settings";
import { allowedSizes } from "./allowed-sizes";
import type { StackConfig } from "./config";

/** What the stack has its edge function do; undefined where there is nothing to do. */
export function edgeSettings(config: StackConfig): EdgeSettings | undefined {
  const { formats, maxDimension, edgeRefusals } = config;
  // Every viewer takes JPEG and PNG: those two are made for who asks for them by name.
  const negotiated = formats.filter((format) => format === "avif" || format === "webp");
  // API Gateway decodes a path before the function sees it, and cuts it at a question mark: the key goes beside it.
  const keyInQuery = config.delivery === "failover";
  if (negotiated.length === 0 && !edgeRefusals && !keyInQuery) return undefined;
  return {
    allowList: { sizes: allowedSizes(config), formats, maxDimension },
    negotiated,
    refusals: edgeRefusals,
    keyInQuery,
  };
}
