/**
 * Longest side of an original, in pixels. Resizing holds whole rows in memory: of 65,535 pixels of 16 bits a gigabyte
 * (docs/reliability.md).
 */
export const MAX_SIDE = 32_767;

/**
 * Scans of a JPEG. Encoders write about ten. Each takes time for the whole image, however few its bytes, and nothing stops libjpeg
 * in the middle ("Two Issues with the JPEG Standard", libjpeg-turbo.org).
 */
export const MAX_SCANS = 100;

/** Frames of an animation: libwebp walks from the first to each of them, even where only the first is decoded. */
export const MAX_FRAMES = 5000;
