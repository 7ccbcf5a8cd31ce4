import { mkdir } from "node:fs/promises";
import path from "node:path";
import { ofType, outputOf } from "../declared";
import type { RegisteredResource } from "../program";
import { type CorsRule, corsRules } from "./cors";
import { MultipartUploads } from "./multipart";
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
 * @throws UserError for a CORS configuration that S3 would refuse
 */
export async function createBuckets(
  resources: readonly RegisteredResource[],
  root: string,
): Promise<ReadonlyMap<string, Bucket>> {
  const buckets = new Map<string, Bucket>();
  for (const resource of ofType(resources, "aws:s3/bucket:Bucket")) {
    const name = outputOf(resource, "bucket");
    const directory = path.join(root, name);
    await mkdir(directory);
    const objects = new ObjectStore(directory);
    const cors = corsRules(resources, name);
    buckets.set(name, { name, objects, uploads: new MultipartUploads(objects), cors });
  }
  return buckets;
}
