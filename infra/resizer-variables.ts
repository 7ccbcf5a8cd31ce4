import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "./config";

/** The stack's config as the resizer's environment variables: what `functions/resizer/settings.ts` reads. */
export function resizerVariables(
  config: StackConfig,
  places: {
    readonly bucketName: pulumi.Input<string>;
    /** Where a redirect sends viewers; a failover sends them nowhere. */
    readonly cdnUrl: pulumi.Input<string> | undefined;
  },
): Readonly<Record<string, pulumi.Input<string>>> {
  const { sizes, formats, image, bucket, cdn, operations } = config;
  return {
    BUCKET: places.bucketName,
    DELIVERY: cdn.delivery,
    ...(places.cdnUrl === undefined ? {} : { CDN_URL: places.cdnUrl }),
    ALLOWED_SIZES: sizes.join(","),
    ALLOW_UNLISTED_SIZES: String(image.allowUnlistedSizes),
    ALLOWED_FORMATS: formats.join(","),
    MAX_DIMENSION: String(image.maxDimension),
    JPEG_QUALITY: String(image.quality.jpeg),
    WEBP_QUALITY: String(image.quality.webp),
    AVIF_QUALITY: String(image.quality.avif),
    WEBP_EFFORT: String(image.effort.webp),
    AVIF_EFFORT: String(image.effort.avif),
    FIT: image.fit,
    POSITION: image.position,
    MAX_INPUT_BYTES: String(image.maxInputBytes),
    MAX_INPUT_PIXELS: String(image.maxInputPixels),
    CACHE_CONTROL: cdn.cacheControl,
    EXPIRE_VARIANTS: String(bucket.variantExpiryDays !== undefined),
    // Only where they are looked at: each metric is billed.
    ...(operations.monitoring ? { METRICS_NAMESPACE: pulumi.getProject(), METRICS_STACK: pulumi.getStack() } : {}),
  };
}
