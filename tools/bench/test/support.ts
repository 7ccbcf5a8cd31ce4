import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { type Command, type Options, parseCommand, type Values } from "@image-resizer/lib/cli";
import type { StackCaps } from "../cost/bill";
import { runWork, type Session, type Work } from "../lib/bench";

/** Limits of a small stack. */
export const CAPS: StackCaps = {
  sizes: ["640w"],
  formats: [],
  memorySize: 1024,
  timeout: 10,
  architecture: "arm64",
  rateLimit: 50,
  concurrency: 1000,
};

/** A folder of a test's own, with images in it. */
export class Workplace {
  readonly folder = mkdtempSync(path.join(tmpdir(), "bench-test-"));
  readonly images = this.path("images");

  constructor() {
    mkdirSync(this.images);
  }

  path(...parts: readonly string[]): string {
    return path.join(this.folder, ...parts);
  }

  async addImage(name: string, width = 300, height = 200): Promise<void> {
    await imageOf(width, height).jpeg().toFile(path.join(this.images, name));
  }

  addFile(name: string, content: string): void {
    writeFileSync(path.join(this.images, name), content);
  }

  read(name: string): unknown {
    return JSON.parse(readFileSync(this.path(name), "utf8"));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs a bench's work in this process, and returns what it printed. */
export async function runHere<O extends Options, M extends { readonly complete: boolean }>(
  command: Command<O>,
  work: Work<Values<O>, M>,
  ...argv: readonly string[]
) {
  const printed: string[] = [];
  const warned: string[] = [];
  const { log, error } = console;
  Object.assign(console, { log: (text: string) => printed.push(text), error: (text: string) => warned.push(text) });
  try {
    const status = await runWork("sample", work, parseCommand(command, argv));
    return { status, stdout: printed.join("\n"), stderr: warned.join("\n") };
  } finally {
    Object.assign(console, { log, error });
  }
}

/** Returns an image with texture, the same each time. */
export function imageOf(width: number, height: number): sharp.Sharp {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => index * 7 + (index >> 5));
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Returns a session without a progress bar that stops when `stopped` says so. */
export function sessionOf(stopped: () => boolean = () => false): Session {
  return { progress: () => undefined, stopped };
}

export function assertAbout(actual: number | undefined, expected: number, tolerance = 1e-9): void {
  const off = Math.abs((actual ?? NaN) - expected);
  if (!(off <= tolerance * Math.abs(expected))) throw new Error(`${String(actual)} is not about ${expected}`);
}
