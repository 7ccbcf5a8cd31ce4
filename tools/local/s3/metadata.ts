import type { ObjectMetadata } from "./object-store";
import { AwsError } from "../aws/aws-error";
import type { S3Request } from "./s3-request";
import { parseQuery } from "../aws/uri";

const STORED_HEADERS = ["content-type", "cache-control", "content-disposition", "content-language", "expires"];
/** (S3 user guide, Object tagging and Object metadata) */
const MAX_TAGS = 10;

/**
 * What a write wants stored with the object.
 * @throws AwsError InvalidTag
 */
export function metadataOf(request: S3Request): ObjectMetadata {
  const headers: Record<string, string> = {};
  const isStored = (name: string) => STORED_HEADERS.includes(name) || name.startsWith("x-amz-meta-");
  for (const name of Object.keys(request.headers).filter(isStored)) headers[name] = request.header(name) ?? "";
  // `aws-chunked` is of the transfer, not of the object.
  const encodings = (request.header("content-encoding") ?? "").split(",").map((encoding) => encoding.trim());
  const contentEncoding = encodings.filter((encoding) => encoding !== "" && encoding !== "aws-chunked").join(", ");
  if (contentEncoding !== "") headers["content-encoding"] = contentEncoding;
  return { headers, tags: tagsOf(request) };
}

function tagsOf(request: S3Request): ReadonlyMap<string, string> {
  const list = parseQuery(request.header("x-amz-tagging") ?? "");
  const tags = new Map(list);
  const isValid = list.every(([name, value]) => name.length >= 1 && name.length <= 128 && value.length <= 256);
  if (!isValid || tags.size !== list.length || tags.size > MAX_TAGS) throw new AwsError("InvalidTag");
  return tags;
}
