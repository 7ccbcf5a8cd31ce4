import type { AllowList } from "../../functions/variant-key";

/**
 * How many specs a rule's pattern can leave out. EventBridge refuses a pattern that is "too complex", by a measure that
 * it does not document: its matcher, the open event-ruler, counts the wildcards that one text can be in the middle of. Of
 * patterns of this shape, a name between two wildcards, it has been seen to take three and to refuse four
 * (github.com/vals-ai/Valkyrie/pull/278).
 */
export const MAX_LEFT_OUT_SPECS = 3;

/** An event pattern of EventBridge. */
export interface EventPattern {
  readonly source: readonly string[];
  readonly "detail-type": readonly string[];
  readonly detail: {
    readonly bucket: { readonly name: readonly string[] };
    readonly object: { readonly key: readonly object[] };
  };
}

/**
 * Matches the changes of a bucket's originals. Variants are changes, too, and the most frequent ones are left out here,
 * where that costs nothing: those of the first sizes, in the format that most viewers get. The rest, and variants of
 * originals without a prefix, are left out by the purge function, which does nothing for them.
 */
export function originalChangesPattern(bucketName: string, { sizes, formats }: AllowList): EventPattern {
  const listed = sizes === "any" ? [] : sizes;
  const byFormat = [...formats.map((format) => `.${format}`), ""].flatMap((suffix) =>
    listed.map((size) => size + suffix),
  );
  return {
    source: ["aws.s3"],
    "detail-type": ["Object Created", "Object Deleted"],
    detail: {
      bucket: { name: [bucketName] },
      object: {
        key: [{ "anything-but": { wildcard: byFormat.slice(0, MAX_LEFT_OUT_SPECS).map((spec) => `*/${spec}/*`) } }],
      },
    },
  };
}
