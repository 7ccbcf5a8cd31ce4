import { AwsError } from "../aws/aws-error";
import { awsEncodePath } from "../aws/uri";
import type { Reply } from "../http/serve-part";
import { missing, type ReadCall, xmlReply } from "./call";
import { objectReply } from "./object-reply";
import type { ObjectStore } from "./object-store";

const MAX_KEYS = 1000;

/** Serves GetObject and HeadObject. */
export async function getObject({ request, bucket, access }: ReadCall): Promise<Reply> {
  await access.require("s3:GetObject", bucket.name, request.key);
  const reply = await objectReply(bucket.objects, request.key, request.method, request.headers);
  if (!reply) throw await missing(access, bucket.name, request.key);
  return reply;
}

export async function listObjectsV2({ request, bucket, access }: ReadCall): Promise<Reply> {
  await access.require("s3:ListBucket", bucket.name);
  const { query } = request;
  const prefix = query.get("prefix") ?? "";
  const delimiter = query.get("delimiter") ?? "";
  const startAfter = query.get("start-after");
  const token = query.get("continuation-token");
  const maxKeys = Number(query.get("max-keys") ?? MAX_KEYS);
  const encodingType = query.get("encoding-type");
  if (!Number.isInteger(maxKeys) || maxKeys < 0) throw new AwsError("InvalidArgument", { ArgumentName: "max-keys" });
  if (encodingType !== undefined && encodingType !== "url") {
    throw new AwsError("InvalidArgument", { ArgumentName: "encoding-type" });
  }

  const after = token === undefined ? (startAfter ?? "") : Buffer.from(token, "base64url").toString();
  const entries = entriesOf(bucket.objects, prefix, delimiter, after);
  const page = entries.slice(0, Math.min(maxKeys, MAX_KEYS));
  const isTruncated = maxKeys > 0 && page.length < entries.length;
  const encode = encodingType === "url" ? awsEncodePath : (key: string) => key;
  const contents = [];
  const commonPrefixes = [];
  for (const entry of page) {
    const object = await bucket.objects.get(entry);
    if (commonPrefix(entry, prefix, delimiter) !== undefined) commonPrefixes.push({ Prefix: encode(entry) });
    else if (object) {
      contents.push({
        Key: encode(entry),
        LastModified: object.lastModified.toISOString(),
        ETag: object.etag,
        Size: object.size,
        StorageClass: "STANDARD",
      });
    }
  }
  return xmlReply("ListBucketResult", {
    Name: bucket.name,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
    ContinuationToken: token,
    NextContinuationToken: isTruncated ? Buffer.from(page.at(-1) ?? "").toString("base64url") : undefined,
    EncodingType: encodingType,
    KeyCount: contents.length + commonPrefixes.length,
    MaxKeys: maxKeys,
    IsTruncated: isTruncated,
    Contents: contents,
    CommonPrefixes: commonPrefixes,
  });
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
