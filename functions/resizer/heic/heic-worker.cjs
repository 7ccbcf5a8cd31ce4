"use strict";
// Decodes one HEIC. A thread of its own can be ended at any moment, which a decoder in the main thread cannot, and gives
// its memory back when it ends. Plain JavaScript, because it is deployed as it is, beside the bundle.
const { parentPort, workerData } = require("node:worker_threads");

const PAGE = 65_536;
const CHANNELS = 3;
const { file, maxBytes, reserved } = workerData;

// A header may claim fewer pixels than there are: the memory itself has a limit.
let excess = false;
const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function (pages) {
  excess ||= this.buffer.byteLength + pages * PAGE > maxBytes;
  if (excess) throw new RangeError(`The decoder needs more than ${maxBytes} bytes.`);
  return grow.call(this, pages);
};

const heif = require("libheif-js/wasm-bundle");

/** Throws what libheif reports: an error has a code, and a result has none. */
function check(result) {
  if (result?.code !== undefined && result.code !== heif.heif_error_code.heif_error_Ok) throw new Error(result.message);
  return result;
}

/** Decodes the primary image, upright, as pixels in RGB after `reserved` bytes. */
function decode() {
  const context = heif.heif_context_alloc();
  check(heif.heif_context_read_from_memory(context, file));
  const handle = check(heif.heif_js_context_get_primary_image_handle(context));
  const { heif_colorspace_RGB, heif_chroma_interleaved_RGB } = heif;
  const { width, height, channels } = check(
    heif.heif_js_decode_image2(handle, heif_colorspace_RGB, heif_chroma_interleaved_RGB),
  );
  const [{ data, stride }] = channels;
  const rowBytes = width * CHANNELS;
  const pixels = new Uint8Array(reserved + rowBytes * height);
  for (let row = 0; row < height; row++) {
    pixels.set(data.subarray(row * stride, row * stride + rowBytes), reserved + row * rowBytes);
  }
  return { width, height, pixels };
}

try {
  const image = decode();
  parentPort.postMessage(image, [image.pixels.buffer]);
} catch (error) {
  parentPort.postMessage({ excess, reason: String(error) });
}
