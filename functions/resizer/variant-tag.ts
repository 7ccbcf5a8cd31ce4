/** The tag of variants where the stack expires them: the bucket's lifecycle rule looks for it. */
export const VARIANT_TAG = { key: "image-resizer", value: "variant" } as const;
