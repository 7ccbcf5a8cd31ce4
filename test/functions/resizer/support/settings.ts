import type { Settings } from "../../../../functions/resizer/settings";

/** Settings of a stack that redirects and lists one size. */
export const SETTINGS: Settings = {
  bucket: "images",
  cdnUrl: "https://cdn.example.com",
  allowList: { sizes: ["640w"], formats: [], maxDimension: 4096 },
  quality: { jpeg: 80, webp: 80, avif: 50 },
  effort: { webp: 4, avif: 2 },
  fit: "cover",
  position: "centre",
  maxInputBytes: 50_000_000,
  maxInputPixels: 50_000_000,
  cacheControl: "public, max-age=60",
  expireVariants: false,
};
