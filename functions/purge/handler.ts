import type { SQSBatchResponse, SQSEvent } from "aws-lambda";
import { log } from "../shared/log";
import type { Bucket } from "./bucket";
import type { Cdn } from "./cdn";
import { type Change, changesOf } from "./message";
import { failuresMetric } from "./metrics";
import { deleteStaleVariants, isVariantKey } from "./purge";
import type { Settings } from "./settings";

export type Handler = (event: Pick<SQSEvent, "Records">) => Promise<SQSBatchResponse>;

/** A change, and the variants whose copies in the CDN may be stale. */
interface Purged {
  readonly change: Change;
  readonly variants: readonly string[];
}

/** Errors of CloudFront about what an invalidation holds (CloudFront API reference, CreateInvalidation). */
const REJECTIONS = ["InvalidArgument", "BatchTooLarge"];

/**
 * Creates the Lambda handler: messages of changed originals in, and out those that must be tried again. Each original is
 * handled by itself; the CDN gets one invalidation for all of them, because it counts invalidations.
 */
export function createHandler(
  { allowList, metrics }: Pick<Settings, "allowList" | "metrics">,
  bucket: Bucket,
  cdn: Cdn,
): Handler {
  return async (event) => {
    const { changes, unreadable } = changesOf(event);
    if (unreadable.length > 0) log("error", "a message names no key", { messageIds: unreadable });
    const failed = [...unreadable];
    const purged: Purged[] = [];
    // The rule's pattern has no room for every spec of a long allow-list (infra/purge/variant-purge.ts): the rest ends here.
    for (const change of changes.filter(({ original }) => !isVariantKey(original, allowList))) {
      try {
        purged.push({ change, variants: await deleteStaleVariants(change, allowList, bucket) });
      } catch (error) {
        log("error", "stale variants could not be deleted", { original: change.original, cause: error });
        failed.push(...change.messageIds);
      }
    }
    const untold = await tellCdn(
      purged.filter(({ variants }) => variants.length > 0),
      cdn,
    );
    failed.push(...untold.flatMap(({ change }) => change.messageIds));
    if (failed.length > 0) {
      log("warn", "changes are tried again", { messageIds: failed, ...failuresMetric(metrics, failed.length) });
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/**
 * Tells the CDN of stale variants, in one invalidation or, where it rejects what that holds, in one for each change: a
 * change that it never accepts fails alone.
 * @returns the changes that it was not told of
 */
async function tellCdn(stale: readonly Purged[], cdn: Cdn): Promise<Purged[]> {
  try {
    if (stale.length > 0) await cdn.invalidate(stale.flatMap(({ variants }) => variants));
    for (const { change, variants } of stale) log("info", "variants purged", { original: change.original, variants });
    return [];
  } catch (error) {
    if (stale.length > 1 && REJECTIONS.includes((error as Error).name)) {
      return (await Promise.all(stale.map((one) => tellCdn([one], cdn)))).flat();
    }
    log("error", "the CDN could not be told of stale variants", { originals: stale.map(originalOf), cause: error });
    return [...stale];
  }
}

function originalOf({ change }: Purged): string {
  return change.original;
}
