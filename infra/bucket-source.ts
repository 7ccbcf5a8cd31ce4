import type { StackConfig } from "./config";
import type { Environment } from "./environment";
import type { BucketSource } from "./image-bucket";
import { defaultBucketName } from "./names";

type BucketConfig = Pick<StackConfig, "adoptBucket" | "bucketName" | "protectBucket" | "onDestroy">;

/** The bucket that a stack's config asks for. */
export function bucketSource(config: BucketConfig, { project, stack, accountId }: Environment): BucketSource {
  if (config.adoptBucket) return { adopt: true, bucketName: config.bucketName };
  return {
    adopt: false,
    bucketName: config.bucketName || accountId.apply((account) => defaultBucketName(project, stack, account)),
    protect: config.protectBucket,
    emptyOnDelete: config.onDestroy === "delete-photographs",
  };
}
