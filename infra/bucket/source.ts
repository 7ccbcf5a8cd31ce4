import type { StackConfig } from "../config";
import type { Environment } from "../environment";
import type { BucketSource } from "./image-bucket";
import { defaultBucketName } from "../names";

/** Returns the bucket that a stack's config describes. */
export function bucketSource({ bucket }: StackConfig, { project, stack, accountId }: Environment): BucketSource {
  if (bucket.adopt) return { adopt: true, bucketName: bucket.name ?? "" };
  return {
    adopt: false,
    bucketName: bucket.name ?? accountId.apply((account) => defaultBucketName(project, stack, account)),
    protect: bucket.protect,
    emptyOnDelete: bucket.forceDestroy,
  };
}
