import { randomBytes, randomUUID } from "node:crypto";
import { LOOPBACK } from "../http/listen";
import type { ObjectChange } from "../s3/bucket";

/** Where the events come from. */
export interface EventSource {
  readonly accountId: string;
  readonly region: string;
  /** Whether a bucket keeps versions: a deletion then makes a delete marker, whatever there was. */
  readonly isVersioned: (bucket: string) => boolean;
}

/** An event on the bus, as far as the local stack reads it. */
export interface BusEvent {
  readonly [field: string]: unknown;
  readonly "detail-type": string;
  readonly detail: { readonly object: { readonly key: string } };
}

/** The entity tag that S3 gives for what is not there any more: the MD5 of nothing. */
const ETAG_OF_NOTHING = "d41d8cd98f00b204e9800998ecf8427e";

/**
 * What S3 tells EventBridge of a change (S3 user guide, "EventBridge event message structure"); undefined where it tells
 * nothing, for nothing has changed.
 */
export function s3Event(change: ObjectChange, { accountId, region, isVersioned }: EventSource): BusEvent | undefined {
  const { bucket, key, reason, object, existed = false, call } = change;
  const versioned = isVersioned(bucket);
  if (reason === "DeleteObject" && !existed && !versioned) return undefined;
  const state = object ? { size: object.size, etag: object.etag.replaceAll('"', "") } : { etag: ETAG_OF_NOTHING };
  const details = {
    version: "0",
    bucket: { name: bucket },
    object: {
      key,
      ...state,
      ...(versioned ? { "version-id": randomBytes(24).toString("base64url") } : {}),
      sequencer: nextSequencer(),
    },
    "request-id": call?.amzRequestId ?? randomBytes(8).toString("hex").toUpperCase(),
    requester: accountId,
    "source-ip-address": call?.sourceIp ?? LOOPBACK,
    reason,
    ...(object ? {} : { "deletion-type": versioned ? "Delete Marker Created" : "Permanently Deleted" }),
  };
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": object ? "Object Created" : "Object Deleted",
    source: "aws.s3",
    account: accountId,
    time: new Date().toISOString().replace(/\.\d+Z$/, "Z"),
    region,
    resources: [`arn:aws:s3:::${bucket}`],
    detail: details,
  };
}

let lastSequence = 0n;

/** Later changes have greater ones, as hexadecimal numbers of 16 digits. */
function nextSequencer(): string {
  const now = BigInt(Date.now()) << 20n;
  lastSequence = now > lastSequence ? now : lastSequence + 1n;
  return lastSequence.toString(16).toUpperCase().padStart(16, "0");
}
