import type { SQSRecord } from "aws-lambda";
import type { Message } from "./queue";

/** The id of the role that EventBridge sends as; any of AWS's form does. */
const SENDER_ID = "AIDAJXNJGGKNS7OSV23OI";

/** A message as a function gets it (Lambda developer guide, "Using Lambda with Amazon SQS", example event). */
export function sqsRecord(message: Message, queueArn: string, region: string): SQSRecord {
  return {
    messageId: message.id,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentAt),
      SenderId: SENDER_ID,
      ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
    },
    messageAttributes: {},
    md5OfBody: message.md5OfBody,
    eventSource: "aws:sqs",
    eventSourceARN: queueArn,
    awsRegion: region,
  };
}

/** What a message is about, for people: the key of an event of S3's, else the message's id. */
export function subjectOf({ id, body }: Pick<Message, "id" | "body">): string {
  try {
    const event = JSON.parse(body) as { detail?: { object?: { key?: unknown } } } | null;
    const key = event?.detail?.object?.key;
    return typeof key === "string" ? key : id;
  } catch {
    return id;
  }
}
