/**
 * How many specs a rule's pattern can leave out. EventBridge refuses a pattern that is "too complex", by a measure that
 * it does not document: its matcher, the open event-ruler, counts the wildcards that one text can be in the middle of.
 * Three specs of two patterns each come to 9 by that measure, four to 11; of rules of this shape, with two wildcards a
 * pattern, EventBridge has been seen to take three patterns and to refuse four.
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
 * Matches the changes of a bucket's originals. Variants are changes, too, and left out here, where that costs nothing;
 * those of specs beyond the first few are left out by the purge function, which does nothing for them.
 */
export function originalChangesPattern(bucketName: string, specs: readonly string[]): EventPattern {
  const wildcard = specs.slice(0, MAX_LEFT_OUT_SPECS).flatMap((spec) => [`*/${spec}/*`, `${spec}/*`]);
  return {
    source: ["aws.s3"],
    "detail-type": ["Object Created", "Object Deleted"],
    detail: {
      bucket: { name: [bucketName] },
      object: { key: [{ "anything-but": { wildcard } }] },
    },
  };
}
