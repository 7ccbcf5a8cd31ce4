import type { AllowList } from "../../functions/variant-key";

/**
 * Most specs that a rule's pattern leaves out. EventBridge rejects a pattern that is "too complex", by a measure that it
 * does not document: its matcher, the open event-ruler, counts the wildcards that one text can be in the middle of. Of
 * patterns of this shape, a name between two wildcards, it has accepted three and rejected four
 * (github.com/vals-ai/Valkyrie/pull/278).
 */
export const MAX_LEFT_OUT_SPECS = 3;

/**
 * Returns the event pattern of EventBridge that matches the changes of a bucket's originals. Variants are changes, too,
 * and the most frequent ones are left out here, where that costs nothing: those of the first sizes, in the format that
 * most clients get. The purge function ignores the rest, and variants of originals without a prefix.
 */
export function originalChangesPattern(bucketName: string, { sizes, formats }: AllowList) {
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
