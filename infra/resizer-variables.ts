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
  return {
    BUCKET: places.bucketName,
    DELIVERY: config.delivery,
    ...(places.cdnUrl === undefined ? {} : { CDN_URL: places.cdnUrl }),
    ALLOWED_SIZES: config.sizes.join(","),
    ALLOW_UNLISTED_SIZES: String(config.allowUnlistedSizes),
    ALLOWED_FORMATS: config.formats.join(","),
    MAX_DIMENSION: String(config.maxDimension),
    JPEG_QUALITY: String(config.jpegQuality),
    WEBP_QUALITY: String(config.webpQuality),
    AVIF_QUALITY: String(config.avifQuality),
    WEBP_EFFORT: String(config.webpEffort),
    AVIF_EFFORT: String(config.avifEffort),
    FIT: config.fit,
    POSITION: config.position,
    MAX_INPUT_BYTES: String(config.maxInputBytes),
    MAX_INPUT_PIXELS: String(config.maxInputPixels),
    CACHE_CONTROL: config.cacheControl,
    EXPIRE_VARIANTS: String(config.variantExpiryDays > 0),
    // Only where somebody looks: each metric is billed.
    ...(config.monitoring ? { METRICS_NAMESPACE: pulumi.getProject(), METRICS_STACK: pulumi.getStack() } : {}),
  };
}
