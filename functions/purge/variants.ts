import { type AllowList, listSpecs, parseSpec, variantKey } from "../variant-key";

/** Returns every variant that an original can have: one a spec of the allow-list. */
export function variantKeysOf(original: string, allowList: AllowList): string[] {
  return listSpecs(allowList).flatMap((text) => {
    const spec = parseSpec(text);
    return spec ? [variantKey(original, spec)] : [];
  });
}

/** Returns whether a key is one of a variant: its last segment but one is a spec of the allow-list. */
export function isVariantKey(key: string, allowList: AllowList): boolean {
  const segment = key.split("/").at(-2);
  return segment !== undefined && listSpecs(allowList).includes(segment);
}
