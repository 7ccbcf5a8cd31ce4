import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { ROOT } from "@image-resizer/lib/root";

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder of a test's own, with photographs in it, for commands to read and write. */
export class Workplace {
  readonly folder = mkdtempSync(path.join(tmpdir(), "bench-test-"));
  readonly images = this.path("images");
  readonly results = this.path("results");
  readonly out = this.path("docs");

  constructor() {
    mkdirSync(this.images);
  }

  path(...parts: readonly string[]): string {
    return path.join(this.folder, ...parts);
  }

  async addPhotograph(name: string, width = 300, height = 200): Promise<void> {
    const pixels = Buffer.from(Uint8Array.from({ length: width * height * 3 }, (_, index) => index * 7 + (index >> 5)));
    await sharp(pixels, { raw: { width, height, channels: 3 } })
      .jpeg()
      .toFile(path.join(this.images, name));
  }

  addFile(name: string, content: string): void {
    writeFileSync(path.join(this.images, name), content);
  }

  result(name: string): unknown {
    return JSON.parse(readFileSync(path.join(this.results, name), "utf8"));
  }

  page(name: string): string {
    return readFileSync(path.join(this.out, name), "utf8");
  }

  /** Runs a bench command on this folder to its end. */
  run(command: string, ...args: readonly string[]): Promise<CommandResult> {
    const argv = [
      "--import",
      "tsx",
      `tools/bench/${command}/main.ts`,
      "--results",
      this.results,
      "--out",
      this.out,
      ...args,
    ];
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
