import type { SQSEvent, SQSRecord } from "aws-lambda";

/** A message sent so long after its event, in milliseconds, was sent before: it comes from the dead-letter queue. */
const REDRIVEN_AFTER_MS = 120_000;

/** An original that has changed, and the messages that say so. */
export interface Change {
  /** The original's key, decoded. */
  readonly original: string;
  /** True on a second try, which cannot know what the first one deleted. */
  readonly triedBefore: boolean;
  readonly messageIds: readonly string[];
}

/** Returns the changes in a batch of messages, each original once; and the messages without one. */
export function changesOf({ Records }: Pick<SQSEvent, "Records">): { changes: Change[]; unreadable: string[] } {
  const changes = new Map<string, Change>();
  const unreadable: string[] = [];
  for (const record of Records) {
    const event = eventIn(record);
    if (event === undefined) {
      unreadable.push(record.messageId);
      continue;
    }
    const { original } = event;
    const before = changes.get(original);
    changes.set(original, {
      original,
      triedBefore: before?.triedBefore === true || wasTried(record, event.time),
      messageIds: [...(before?.messageIds ?? []), record.messageId],
    });
  }
  return { changes: [...changes.values()], unreadable };
}

/** A redriven message counts its tries from the start again (SQS guide, "Configure a dead-letter queue redrive"). */
function wasTried({ attributes }: SQSRecord, eventTime: number): boolean {
  return (
    Number(attributes.ApproximateReceiveCount) > 1 || Number(attributes.SentTimestamp) - eventTime > REDRIVEN_AFTER_MS
  );
}

/**
 * Returns the content of an event of S3: the key, which EventBridge, unlike S3's own notifications, does not percent-encode, and when
 * the change was, in milliseconds since the epoch.
 */
function eventIn({ body }: SQSRecord): { readonly original: string; readonly time: number } | undefined {
  try {
    const event = JSON.parse(body) as { time?: unknown; detail?: { object?: { key?: unknown } } } | null;
    const key = event?.detail?.object?.key;
    return typeof key === "string" ? { original: key, time: Date.parse(String(event?.time)) } : undefined;
  } catch {
    return undefined;
  }
}
