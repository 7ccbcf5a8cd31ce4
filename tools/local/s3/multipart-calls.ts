import { xmlReply, type Call } from "./call";
import { metadataOf } from "./metadata";
import { MAX_PART_NUMBER } from "./multipart";
import type { Reply } from "./object-reply";
import { payload, textPayload } from "./payload";
import { AwsError } from "../aws/aws-error";
import { requireWrite } from "./write-calls";
import { readElements } from "../aws/xml";

const NO_TAGS = { tags: new Map<string, string>() };

export async function createMultipartUpload(call: Call): Promise<Reply> {
  const { request, bucket } = call;
  const metadata = metadataOf(request);
  await requireWrite(call, metadata, false);
  const uploadId = bucket.uploads.create(request.key, metadata);
  return xmlReply("InitiateMultipartUploadResult", { Bucket: bucket.name, Key: request.key, UploadId: uploadId });
}

export async function uploadPart(call: Call): Promise<Reply> {
  const { request, bucket, access } = call;
  await access.require("s3:PutObject", bucket.name, request.key, { "s3:ObjectCreationOperation": "false" });
  const number = Number(request.query.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PART_NUMBER) {
    const message = `Part number must be an integer between 1 and ${MAX_PART_NUMBER}, inclusive`;
    throw new AwsError("InvalidArgument", { ArgumentName: "partNumber" }, message);
  }
  const etag = await bucket.uploads.put(uploadIdOf(call), request.key, number, payload(request));
  return { status: 200, headers: { etag, "content-length": "0" } };
}

export async function completeMultipartUpload(call: Call): Promise<Reply> {
  const { request, bucket } = call;
  const condition = await requireWrite(call, NO_TAGS);
  const parts = readElements(await textPayload(request), "CompleteMultipartUpload", "Part", ["PartNumber", "ETag"]);
  const named = parts.map(({ PartNumber, ETag }) => ({ number: Number(PartNumber), etag: ETag ?? "" }));
  const object = await bucket.uploads.complete(uploadIdOf(call), request.key, named, condition);
  await call.changed({ key: request.key, reason: "CompleteMultipartUpload", object });
  return xmlReply("CompleteMultipartUploadResult", {
    Location: `http://${request.header("host") ?? ""}/${bucket.name}/${request.key}`,
    Bucket: bucket.name,
    Key: request.key,
    ETag: object.etag,
  });
}

export async function abortMultipartUpload(call: Call): Promise<Reply> {
  const { request, bucket, access } = call;
  await access.require("s3:AbortMultipartUpload", bucket.name, request.key);
  await bucket.uploads.abort(uploadIdOf(call), request.key);
  return { status: 204, headers: {} };
}

function uploadIdOf({ request }: Call): string {
  return request.query.get("uploadId") ?? "";
}
