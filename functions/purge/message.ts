import type { SQSEvent, SQSRecord } from "aws-lambda";

/** An original that has changed, and the messages that say so. */
export interface Change {
  /** The original's key, decoded. */
  readonly original: string;
  /** Whether this was tried before: what that try has deleted is not known any more. */
  readonly triedBefore: boolean;
  readonly messageIds: readonly string[];
}

/** The changes that a batch of messages tells of, each original once; and the messages that tell of none. */
export function changesOf({ Records }: Pick<SQSEvent, "Records">): { changes: Change[]; unreadable: string[] } {
  const changes = new Map<string, Change>();
  const unreadable: string[] = [];
  for (const record of Records) {
    const original = keyOf(record);
    if (original === undefined) {
      unreadable.push(record.messageId);
      continue;
    }
    const before = changes.get(original);
    changes.set(original, {
      original,
      triedBefore: before?.triedBefore === true || Number(record.attributes.ApproximateReceiveCount) > 1,
      messageIds: [...(before?.messageIds ?? []), record.messageId],
    });
  }
  return { changes: [...changes.values()], unreadable };
}

/** The key in an event of S3's, which EventBridge, unlike S3's own notifications, does not percent-encode. */
function keyOf({ body }: SQSRecord): string | undefined {
  try {
    const event = JSON.parse(body) as { detail?: { object?: { key?: unknown } } } | null;
    const key = event?.detail?.object?.key;
    return typeof key === "string" ? key : undefined;
  } catch {
    return undefined;
  }
}
