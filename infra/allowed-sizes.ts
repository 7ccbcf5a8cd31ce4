import type { StackConfig } from "./config";

/** The sizes of the stack as the allow-list's consumers want them: the listed ones, or `any`. */
export function allowedSizes(config: Pick<StackConfig, "sizes" | "allowUnlistedSizes">): readonly string[] | "any" {
  return config.allowUnlistedSizes ? "any" : config.sizes;
}
