import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { log } from "../shared/log";
import type { Bucket } from "./bucket";
import type { Cdn } from "./cdn";
import { type Change, changesOf } from "./message";
import { deleteStaleVariants, isVariantKey } from "./purge";
import type { Settings } from "./settings";

export type Handler = (event: Pick<SQSEvent, "Records">) => Promise<SQSBatchResponse>;

/**
 * Creates the Lambda handler: messages of changed originals in, and out those that must be tried again. Each original is
 * handled by itself; the CDN gets one invalidation for all of them, because it counts invalidations.
 */
export function createHandler({ allowList }: Pick<Settings, "allowList">, bucket: Bucket, cdn: Cdn): Handler {
  return async (event) => {
    const { changes, unreadable } = changesOf(event);
    if (unreadable.length > 0) log("error", "a message names no key", { messageIds: unreadable });
    const failed = [...unreadable];
    const purged: { change: Change; variants: string[] }[] = [];
    // The rule's pattern has no room for every spec of a long allow-list (infra/purge/variant-purge.ts): the rest ends here.
    for (const change of changes.filter(({ original }) => !isVariantKey(original, allowList))) {
      try {
        purged.push({ change, variants: await deleteStaleVariants(change, allowList, bucket) });
      } catch (error) {
        log("error", "stale variants could not be deleted", { original: change.original, cause: error });
        failed.push(...change.messageIds);
      }
    }
    const stale = purged.filter(({ variants }) => variants.length > 0);
    try {
      if (stale.length > 0) await cdn.invalidate(stale.flatMap(({ variants }) => variants));
      for (const { change, variants } of stale) log("info", "variants purged", { original: change.original, variants });
    } catch (error) {
      log("error", "the CDN could not be told of stale variants", { originals: stale.map(originalOf), cause: error });
      failed.push(...stale.flatMap(({ change }) => change.messageIds));
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

function originalOf({ change }: { readonly change: Change }): string {
  return change.original;
}
