import { missing, xmlReply, type ReadCall } from "./call";
import { list } from "./listing";
import { objectReply, type Reply } from "./object-reply";
import { AwsError } from "../aws/aws-error";
import { awsEncodePath } from "../aws/uri";

const MAX_KEYS = 1000;

/** GetObject and HeadObject. */
export async function getObject({ request, bucket, access }: ReadCall): Promise<Reply> {
  await access.require("s3:GetObject", bucket.name, request.key);
  const reply = await objectReply(bucket.objects, request.key, request.method, request.headers);
  if (!reply) throw await missing(access, bucket.name, request.key);
  return reply;
}

export async function getObjectTagging({ request, bucket, access }: ReadCall): Promise<Reply> {
  await access.require("s3:GetObjectTagging", bucket.name, request.key);
  const object = await bucket.objects.get(request.key);
  if (!object) throw await missing(access, bucket.name, request.key);
  return xmlReply("Tagging", { TagSet: { Tag: [...object.tags].map(([Key, Value]) => ({ Key, Value })) } });
}

export async function listObjects({ request, bucket, access }: ReadCall): Promise<Reply> {
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
