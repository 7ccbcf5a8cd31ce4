import { appendFileSync, existsSync, mkdirSync, rmSync, statSync, truncateSync } from "node:fs";
import path from "node:path";

/** One variant that could not be made. */
export interface Failure {
  readonly key: string;
  readonly url: string;
  /** The status of the last answer; null where there was none, or nothing was asked. */
  readonly status: number | null;
  readonly reason: string;
  /** How often it was asked for; 0 where its key says already that it cannot be made. */
  readonly attempts: number;
}

/** A file with a line of JSON for each failure; there is none before the first. */
export class FailureReport {
  #bytes: number;

  /** @param bytes what to keep of the report of a run that was stopped: the rest is of variants that are asked for again */
  constructor(
    readonly file: string,
    bytes: number,
  ) {
    if (bytes === 0) rmSync(file, { force: true });
    this.#bytes = existsSync(file) ? Math.min(statSync(file).size, bytes) : 0;
    if (this.#bytes > 0) truncateSync(file, this.#bytes);
  }

  get bytes(): number {
    return this.#bytes;
  }

  add({ key, url, status, reason, attempts }: Failure): void {
    const line = `${JSON.stringify({ key, url, status, reason, attempts })}\n`;
    if (this.#bytes === 0) mkdirSync(path.dirname(this.file), { recursive: true });
    appendFileSync(this.file, line);
    this.#bytes += Buffer.byteLength(line);
  }
}
