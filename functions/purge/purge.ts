import { type AllowList, listSpecs, ofStored, parseSpec, variantKey } from "../variant-key";
import { MAX_KEY_BYTES } from "../variant-key/variant-key";
import type { Bucket } from "./bucket";
import type { Change } from "./message";

/**
 * Deletes the variants of an original that were created from other bytes than it has now: all, where it is gone.
 *
 * It looks before it deletes, since a change may also be an upload of a new original, which has no variants: a version
 * of the bucket's history for each of them, and an invalidation that is paid for, would be for nothing.
 * @returns the variants whose copies in the CDN may be stale: the deleted ones; for a change that was tried before, all
 */
export async function deleteStaleVariants(
  { original, triedBefore }: Change,
  allowList: AllowList,
  bucket: Bucket,
): Promise<string[]> {
  const variants = variantKeysOf(original, allowList);
  const [current, ...madeOf] = await Promise.all([
    bucket.etagOf(original),
    ...variants.map((variant) => bucket.originalEtagOf(variant)),
  ]);
  const stale = variants.filter((_variant, index) => madeOf[index] !== undefined && madeOf[index] !== current);
  if (stale.length > 0) await bucket.delete(stale);
  return triedBefore ? variants : stale;
}

/** Returns every variant that an original can have: one a spec, of sizes that were listed once too, as far as S3 has such keys. */
function variantKeysOf(original: string, allowList: AllowList): string[] {
  return listSpecs(ofStored(allowList)).flatMap((text) => {
    const spec = parseSpec(text);
    const key = spec && variantKey(original, spec);
    // S3 has no longer keys: it would answer the question for one with an error, at every try.
    return key !== undefined && Buffer.byteLength(key) <= MAX_KEY_BYTES ? [key] : [];
  });
}

/** Returns whether a key is one of a variant: its last segment but one is a spec of the stack, of now or of once. */
export function isVariantKey(key: string, allowList: AllowList): boolean {
  const segment = key.split("/").at(-2);
  return segment !== undefined && listSpecs(ofStored(allowList)).includes(segment);
}
