import * as pulumi from "@pulumi/pulumi";
import type { SettingsVariable } from "../../functions/resizer/settings";
import type { StackConfig } from "../config";

/** Returns the resizer's environment variables, which `functions/resizer/settings.ts` reads. */
export function resizerVariables(
  { allowList, image, bucket, cdn, operations }: StackConfig,
  places: {
    readonly bucketName: pulumi.Input<string>;
    /** Target of redirects; undefined with failover, which redirects nothing. */
    readonly cdnUrl: pulumi.Input<string> | undefined;
  },
): Readonly<Record<string, pulumi.Input<string>>> {
  const { fit, position, quality, effort, maxInputBytes, maxInputPixels } = image;
  const settings: pulumi.Input<SettingsVariable> = pulumi.output(places.bucketName).apply((bucketName) => ({
    bucket: bucketName,
    allowList,
    ...{ fit, position, quality, effort, maxInputBytes, maxInputPixels },
    cacheControl: cdn.cacheControl,
    expireVariants: bucket.variantExpiryDays !== undefined,
    // Only where they are looked at: each metric is billed.
    ...(operations.monitoring ? { metrics: { namespace: pulumi.getProject(), stack: pulumi.getStack() } } : {}),
  }));
  return {
    SETTINGS: pulumi.jsonStringify(settings),
    ...(places.cdnUrl === undefined ? {} : { CDN_URL: places.cdnUrl }),
  };
}
