import type { AllowList } from "../variant-key";
import type { Bucket } from "./bucket";
import type { Change } from "./message";
import { variantKeysOf } from "./variants";

/**
 * Deletes the variants of an original that were made of other bytes than it has now: of all, where it is gone.
 *
 * It looks before it deletes, since a change may also be an upload of a new original, which has no variants: a version
 * of the bucket's history for each of them, and an invalidation that is paid for, would be for nothing.
 * @returns the variants whose copies in the CDN may be stale: those deleted; of a change that was tried before, all
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
