/** The tag of variants where the stack expires them: the bucket's lifecycle rule looks for it. */
export const VARIANT_TAG = { key: "image-resizer", value: "variant" } as const;

/** The metadata of every variant that says which bytes it was made of: the entity tag of its original, without quotes. */
export const ORIGINAL_ETAG = "original-etag";
