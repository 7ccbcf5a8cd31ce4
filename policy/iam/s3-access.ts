import { hasWildcard } from "../lib/glob";
import type { Json } from "../lib/values";
import { readDocument, type Statement } from "./document";
import { coversEveryBucket, coversS3 } from "./resource-pattern";
import { hasEffect, leavesEffect } from "./s3-actions";

/** Checks whether a managed policy changes both the objects of every bucket and the access to them, by a wildcard. */
export function isFullAccess(document: Json): boolean {
  return readDocument(document, "identity").statements.some((statement) => {
    const { allows, actions = [], notActions } = statement;
    if (!allows || everyBucketOf(statement) === undefined) return false;
    if (notActions !== undefined) return leavesEffect(notActions, "write") && leavesEffect(notActions, "control");
    return actions.some((action) => hasWildcard(action) && hasEffect(action, "write") && hasEffect(action, "control"));
  });
}

/** Returns the part of a statement that includes every bucket; undefined if none does. */
export function everyBucketOf({ resources, notResources }: Statement): string | undefined {
  if (notResources === undefined) return resources?.find(coversEveryBucket);
  return notResources.some(coversS3) ? undefined : `all but ${notResources.join(", ")} (NotResource)`;
}

/**
 * Returns the part of a statement that allows changes of buckets; undefined if none does. With a wildcard every change
 * counts; by name, those of objects, access and existing buckets, so that `s3:CreateBucket` is allowed on `*`.
 */
export function changeOf({ actions, notActions }: Statement): string | undefined {
  if (notActions === undefined) {
    return actions?.find(
      (action) =>
        hasEffect(action, "write", "delete", "control") || (hasWildcard(action) && hasEffect(action, "account")),
    );
  }
  const isChange = leavesEffect(notActions, "write", "delete", "control");
  return isChange ? `all but ${notActions.join(", ")} (NotAction)` : undefined;
}
