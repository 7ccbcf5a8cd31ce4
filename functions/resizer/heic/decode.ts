import path from "node:path";
import { Worker } from "node:worker_threads";
import { displayP3 } from "../display-p3";
import { readColour } from "../original/heif-colour";
import type { InspectedOriginal } from "../original/inspect";
import { bytesBeforePixels, writeTiffHeader } from "../profiled-tiff";
import { damaged, Refusal } from "../refusal";

/** Beside the bundle, and beside this file. */
const WORKER = path.join(__dirname, "heic-worker.cjs");
/**
 * Memory of the decoder: of itself, and for each pixel. HEVC of 8 bits takes up to 8 bytes a pixel, and RGB is 3 of them;
 * more is an image of more bits, or of more pixels than its header says.
 */
const DECODER_BYTES = 64 * 1024 ** 2;
const BYTES_PER_PIXEL = 10;

/** Message of the worker (heic-worker.cjs). */
type Result =
  | { readonly width: number; readonly height: number; readonly pixels: Uint8Array<ArrayBuffer> }
  | { readonly excess: boolean; readonly reason: string };

/**
 * Decodes the primary image of a HEIC, upright, into a TIFF that sharp reads.
 * @param seconds longest time of it
 * @throws Refusal `undecodable-image`, `input-too-large`, or `unavailable` when time runs out
 */
export async function decodeHeic(source: InspectedOriginal, seconds: number): Promise<Buffer> {
  const { bytes, width, height } = source;
  const colour = readColour(bytes);
  const profile = colour === "display-p3" ? await displayP3() : colour;
  const maxBytes = DECODER_BYTES + 2 * bytes.length + BYTES_PER_PIXEL * width * height;
  const result = await decodeInThread({ file: bytes, maxBytes, reserved: bytesBeforePixels(profile) }, seconds);
  if ("reason" in result) {
    const { reason: cause, excess } = result;
    if (!excess) throw damaged(cause);
    throw new Refusal("input-too-large", "The original needs more memory than its number of pixels allows.", { cause });
  }
  const tiff = Buffer.from(result.pixels.buffer);
  writeTiffHeader(tiff, { ...result, channels: 3 }, profile);
  return tiff;
}

async function decodeInThread(workerData: unknown, seconds: number): Promise<Result> {
  const worker = new Worker(WORKER, { workerData });
  const late = setTimeout(() => void worker.terminate(), seconds * 1000);
  try {
    return await new Promise<Result>((resolve, reject) => {
      worker.once("message", resolve);
      worker.once("error", reject);
      worker.once("exit", () => {
        reject(new Refusal("unavailable", "The variant could not be created in time."));
      });
    });
  } finally {
    clearTimeout(late);
    // The thread holds all of the decoder's memory.
    await worker.terminate();
  }
}
