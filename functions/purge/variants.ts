import { type Format, listSpecs, parseSpec, variantKey } from "../variant-key";

/** Every variant that an original can have: one a spec of the allow-list. */
export function variantKeysOf(original: string, sizes: readonly string[], formats: readonly Format[]): string[] {
  return listSpecs(sizes, formats).flatMap((text) => {
    const spec = parseSpec(text);
    return spec ? [variantKey(original, spec)] : [];
  });
}

/** Whether a key is one of a variant's: its last segment but one is a spec of the allow-list. */
export function isVariantKey(key: string, sizes: readonly string[], formats: readonly Format[]): boolean {
  const segment = key.split("/").at(-2);
  return segment !== undefined && listSpecs(sizes, formats).includes(segment);
}
