import { mkdir } from "node:fs/promises";
import path from "node:path";
import { ofType, outputOf } from "../declared";
import type { RegisteredResource } from "@image-resizer/lib/program";
import type { CorsRule } from "../http/cors";
import { corsRules } from "./cors";
import { MultipartUploads } from "./multipart";
import type { ChangeFeed } from "./object-change";
import { ObjectStore } from "./object-store";

/** A bucket that the program declares. */
export interface Bucket {
  readonly name: string;
  readonly objects: ObjectStore;
  readonly uploads: MultipartUploads;
  /** What pages on other origins may do; none for nothing. */
  readonly cors: readonly CorsRule[];
}

/**
 * Makes the declared buckets, each with a directory of its own below `root`.
 * @param changes hears of edited originals; of calls the S3 endpoint tells
 * @throws UserError for a CORS configuration that S3 would refuse
 */
export async function createBuckets(
  resources: readonly RegisteredResource[],
  root: string,
  changes: ChangeFeed,
): Promise<ReadonlyMap<string, Bucket>> {
  const buckets = new Map<string, Bucket>();
  for (const resource of ofType(resources, "aws:s3/bucket:Bucket")) {
    const name = outputOf(resource, "bucket");
    const directory = path.join(root, name);
    await mkdir(directory);
    const objects = new ObjectStore(directory, (key, object) => {
      void changes.report(
        object
          ? { bucket: name, key, reason: "PutObject", object }
          : { bucket: name, key, reason: "DeleteObject", existed: true },
      );
    });
    const cors = corsRules(resources, name);
    buckets.set(name, { name, objects, uploads: new MultipartUploads(objects), cors });
  }
  return buckets;
}
