import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { ROOT } from "@image-resizer/lib/root";
import type { Session } from "../lib/bench";

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of a test's own, with images in it. */
export class Workplace {
  readonly folder = mkdtempSync(path.join(tmpdir(), "bench-test-"));
  readonly images = this.path("images");
  readonly out = this.path("out");

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

  result(kind: string): unknown {
    return JSON.parse(readFileSync(path.join(this.out, `${kind}.json`), "utf8"));
  }

  section(kind: string): string {
    return readFileSync(path.join(this.out, `${kind}.md`), "utf8");
  }

  /** Runs a bench to its end. */
  run(bench: string, ...args: readonly string[]): Promise<CommandResult> {
    const argv = ["--import", "tsx", "tools/bench/main.ts", bench, ...args];
    return new Promise((resolve) => {
      execFile(process.execPath, argv, { cwd: ROOT }, (error, stdout, stderr) => {
        resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
      });
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Returns an image with texture, the same each time. */
export function imageOf(width: number, height: number): sharp.Sharp {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => index * 7 + (index >> 5));
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Returns a session without a progress bar that stops when `stopped` says so. */
export function sessionOf(stopped: () => boolean = () => false): Session {
  return { progress: () => ({ update: () => undefined, stop: () => undefined }), stopped };
}

export function assertAbout(actual: number | undefined, expected: number, tolerance = 1e-9): void {
  const off = Math.abs((actual ?? NaN) - expected);
  if (!(off <= tolerance * Math.abs(expected))) throw new Error(`${String(actual)} is not about ${expected}`);
}
