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
  const page = list(bucket.objects, { prefix, delimiter, after, maxKeys: Math.min(maxKeys, MAX_KEYS) });
  const encode = encodingType === "url" ? awsEncodePath : (key: string) => key;
  const contents = [];
  for (const key of page.keys) {
    const object = await bucket.objects.get(key);
    if (!object) continue;
    contents.push({
      Key: encode(key),
      LastModified: object.lastModified.toISOString(),
      ETag: object.etag,
      Size: object.size,
      StorageClass: "STANDARD",
    });
  }
  return xmlReply("ListBucketResult", {
    Name: bucket.name,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
    ContinuationToken: token,
    NextContinuationToken:
      page.truncatedAt === undefined ? undefined : Buffer.from(page.truncatedAt).toString("base64url"),
    EncodingType: encodingType,
    KeyCount: contents.length + page.commonPrefixes.length,
    MaxKeys: maxKeys,
    IsTruncated: page.truncatedAt !== undefined,
    Contents: contents,
    CommonPrefixes: page.commonPrefixes.map((common) => ({ Prefix: encode(common) })),
  });
}

interface ListQuery {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  /** Only keys after this one; a common prefix stands for all keys below it. */
  readonly after: string;
  readonly maxKeys: number;
}

/** One page of a listing, keys and common prefixes each in the order of their UTF-8 bytes. */
interface Listing {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** The last entry of a page that is not the last page. */
  readonly truncatedAt?: string;
}

function list(store: ObjectStore, { prefix, delimiter, after, maxKeys }: ListQuery): Listing {
  const afterBytes = Buffer.from(after);
  const isPrefixPassed = delimiter !== "" && after.endsWith(delimiter);
  const candidates = [...store.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => ({ key, bytes: Buffer.from(key) }))
    .filter(({ key, bytes }) => Buffer.compare(bytes, afterBytes) > 0 && !(isPrefixPassed && key.startsWith(after)))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));

  const keys: string[] = [];
  const commonPrefixes = new Set<string>();
  let last = "";
  for (const { key } of candidates) {
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const entry = end === -1 ? key : key.slice(0, end + delimiter.length);
    if (end !== -1 && commonPrefixes.has(entry)) continue;
    if (keys.length + commonPrefixes.size === maxKeys) {
      return { keys, commonPrefixes: [...commonPrefixes], ...(maxKeys > 0 ? { truncatedAt: last } : {}) };
    }
    if (end === -1) keys.push(key);
    else commonPrefixes.add(entry);
    last = entry;
  }
  return { keys, commonPrefixes: [...commonPrefixes] };
}
