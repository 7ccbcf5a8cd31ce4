import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { ofType, outputOf } from "../declared";
import type { CorsRule } from "../http/cors";
import { corsRules } from "./cors";
import { MultipartUploads } from "./multipart-uploads";
import { ObjectStore, type StoredObject } from "./object-store";

/** A bucket that the program declares. */
export interface Bucket {
  readonly name: string;
  readonly objects: ObjectStore;
  readonly uploads: MultipartUploads;
  readonly cors: readonly CorsRule[];
}

/** Change of an object, as S3 reports it. */
export interface ObjectChange {
  readonly bucket: string;
  readonly key: string;
  /** Call that changed it, as S3's events name it: `DeleteObject` stands for DeleteObjects too. */
  readonly reason: "PutObject" | "CompleteMultipartUpload" | "DeleteObject";
  /** The new object; none for a deletion. */
  readonly object?: Pick<StoredObject, "size" | "etag">;
  /** Set for a deletion: whether there was an object. */
  readonly existed?: boolean;
  /** Origin of the change; none for a file that was edited in the folder of originals. */
  readonly call?: {
    /** Id of the viewer's request. */
    readonly requestId: string;
    /** S3's own id of the call. */
    readonly amzRequestId: string;
    readonly sourceIp: string;
  };
}

/**
 * Creates the declared buckets, each with a directory of its own below `root`.
 * @param changed receives changes of linked originals; the S3 endpoint reports those of calls
 * @throws UserError for a CORS configuration that S3 would reject
 */
export async function createBuckets(
  resources: readonly RegisteredResource[],
  root: string,
  changed: (change: ObjectChange) => Promise<void>,
): Promise<ReadonlyMap<string, Bucket>> {
  const buckets = new Map<string, Bucket>();
  for (const resource of ofType(resources, "aws:s3/bucket:Bucket")) {
    const bucket = outputOf(resource, "bucket");
    const directory = path.join(root, bucket);
    await mkdir(directory);
    const objects = new ObjectStore(directory, (key, object) => {
      void changed({
        bucket,
        key,
        ...(object ? { reason: "PutObject", object } : { reason: "DeleteObject", existed: true }),
      });
    });
    const uploads = new MultipartUploads(objects);
    buckets.set(bucket, { name: bucket, objects, uploads, cors: corsRules(resources, bucket) });
  }
  return buckets;
}
