import { AwsError } from "../aws/aws-error";
import { awsEncodePath } from "../aws/signature";
import type { XmlElements } from "../aws/xml";
import type { Reply } from "../http/server";
import { OWNER } from "./buckets";
import { type ReadCall, xmlReply } from "./call";
import type { ObjectStore } from "./object-store";

const MAX_KEYS = 1000;

/** Serves the listing of version 1, whose next page begins after the last entry of this one. */
export async function listObjects(call: ReadCall): Promise<Reply> {
  const { query } = call.request;
  const marker = query.get("marker") ?? "";
  const { listed, next, encode } = await listAfter(call, marker, true);
  // Without a delimiter, the last key is the next marker. (S3 API, ListObjects)
  const NextMarker = next === undefined || !query.get("delimiter") ? undefined : encode(next);
  return xmlReply("ListBucketResult", { ...listed, Marker: encode(marker), NextMarker });
}

export async function listObjectsV2(call: ReadCall): Promise<Reply> {
  const { query } = call.request;
  const startAfter = query.get("start-after");
  const token = query.get("continuation-token");
  const after = token === undefined ? (startAfter ?? "") : Buffer.from(token, "base64url").toString();
  const { listed, next, encode, keyCount } = await listAfter(call, after, query.get("fetch-owner") === "true");
  return xmlReply("ListBucketResult", {
    ...listed,
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
    ContinuationToken: token,
    NextContinuationToken: next === undefined ? undefined : Buffer.from(next).toString("base64url"),
    KeyCount: keyCount,
  });
}

/**
 * Lists the page after `after`: what both versions say of it, and its last entry if there is a next page.
 * @throws AwsError AccessDenied, InvalidArgument
 */
async function listAfter({ request: { query }, bucket, access }: ReadCall, after: string, hasOwner: boolean) {
  access.require("s3:ListBucket");
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const maxKeys = Number(query.get("max-keys") ?? MAX_KEYS);
  const encodingType = query.get("encoding-type");
  if (!Number.isInteger(maxKeys) || maxKeys < 0) throw new AwsError("InvalidArgument", { ArgumentName: "max-keys" });
  if (encodingType !== undefined && encodingType !== "url") {
    throw new AwsError("InvalidArgument", { ArgumentName: "encoding-type" });
  }

  const entries = entriesOf(bucket.objects, prefix, delimiter, after);
  const page = entries.slice(0, Math.min(maxKeys, MAX_KEYS));
  const isTruncated = maxKeys > 0 && page.length < entries.length;
  const encode = encodingType === "url" ? awsEncodePath : (key: string) => key;
  const contents: XmlElements[] = [];
  const commonPrefixes: XmlElements[] = [];
  for (const entry of page) {
    const object = await bucket.objects.get(entry);
    if (commonPrefix(entry, prefix, delimiter) !== undefined) commonPrefixes.push({ Prefix: encode(entry) });
    else if (object) {
      contents.push({
        Key: encode(entry),
        LastModified: object.lastModified.toISOString(),
        ETag: object.etag,
        Size: object.size,
        Owner: hasOwner ? OWNER : undefined,
        StorageClass: "STANDARD",
      });
    }
  }
  const listed = {
    Name: bucket.name,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    EncodingType: encodingType,
    MaxKeys: maxKeys,
    IsTruncated: isTruncated,
    Contents: contents,
    CommonPrefixes: commonPrefixes,
  };
  const keyCount = contents.length + commonPrefixes.length;
  return { listed, next: isTruncated ? page.at(-1) : undefined, encode, keyCount };
}

/** Returns the keys after `after` in the order of their UTF-8 bytes, those below a common prefix as one entry. */
function entriesOf(store: ObjectStore, prefix: string, delimiter: string, after: string): string[] {
  const afterBytes = Buffer.from(after);
  const isPrefix = delimiter !== "" && after.endsWith(delimiter);
  const keys = [...store.keys()]
    .filter((key) => key.startsWith(prefix) && !(isPrefix && key.startsWith(after)))
    .map((key) => ({ key, bytes: Buffer.from(key) }))
    .filter(({ bytes }) => Buffer.compare(bytes, afterBytes) > 0)
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));
  return [...new Set(keys.map(({ key }) => commonPrefix(key, prefix, delimiter) ?? key))];
}

function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
  return end === -1 ? undefined : key.slice(0, end + delimiter.length);
}
