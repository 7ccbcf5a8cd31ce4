import type { SQSRecord } from "aws-lambda";

/** A message as Lambda gets it from a queue. */
export function message(messageId: string, body: unknown, receiveCount = 1): SQSRecord {
  return {
    messageId,
    receiptHandle: `receipt-${messageId}`,
    body: typeof body === "string" ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: String(receiveCount),
      SentTimestamp: "1700000000000",
      SenderId: "events.amazonaws.com",
      ApproximateFirstReceiveTimestamp: "1700000000000",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:123456789012:image-resizer-prod-purge-now",
    awsRegion: "us-east-1",
  };
}

/** A message that an original has changed. */
export function changed(key: string, receiveCount = 1): SQSRecord {
  return message(`m:${key}`, { source: "aws.s3", detail: { object: { key } } }, receiveCount);
}
