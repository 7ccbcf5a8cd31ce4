/** Tag of variants where the stack expires them, which the bucket's lifecycle rule matches. */
export const VARIANT_TAG = { key: "image-resizer", value: "variant" } as const;

/** Metadata of every variant: the entity tag of the original that it was created from, without quotes. */
export const ORIGINAL_ETAG = "original-etag";
