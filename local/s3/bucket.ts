import { mkdir } from "node:fs/promises";
import path from "node:path";
import { ofType, outputOf } from "../declared";
import type { RegisteredResource } from "../program";
import { MultipartUploads } from "./multipart";
import { ObjectStore } from "./object-store";

/** A bucket that the program declares. */
export interface Bucket {
  readonly name: string;
  readonly objects: ObjectStore;
  readonly uploads: MultipartUploads;
}

/** Makes the declared buckets, each with a directory of its own below `root`. */
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
    buckets.set(name, { name, objects, uploads: new MultipartUploads(objects) });
  }
  return buckets;
}
