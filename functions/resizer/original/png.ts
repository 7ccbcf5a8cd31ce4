import { ascii } from "./format";
import type { Header } from "./header";

/** Offsets of a PNG's first chunk (PNG specification, 5.3 and 11.2.1). */
const IHDR = 12;
const WIDTH = 16;
const HEIGHT = 20;
const AFTER_IHDR = 33;

/** Reads the header of a PNG (W3C, PNG specification, third edition). */
export function readPng(bytes: Buffer): Header | undefined {
  if (bytes.length < AFTER_IHDR || ascii(bytes, IHDR) !== "IHDR") return undefined;
  return { bytes, width: bytes.readUInt32BE(WIDTH), height: bytes.readUInt32BE(HEIGHT) };
}
