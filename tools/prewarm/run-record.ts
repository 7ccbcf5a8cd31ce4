import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "@image-resizer/lib/user-error";

const SAVE_EVERY_MS = 2000;

/** A variant that could not be created. */
interface Failure {
  readonly key: string;
  readonly url: string;
  /** Status of the last response; null if there was none. */
  readonly status: number | null;
  readonly reason: string;
  /** Number of requests. */
  readonly attempts: number;
}

/** Fields of a line, in order. */
const FIELDS = ["key", "url", "status", "reason", "attempts"];

interface Begun {
  /** Variants that are not done. */
  left: number;
  readonly failures: Failure[];
}

/**
 * The two files of a run: its position, which is the key of the last original up to which every variant is done, and the
 * failures up to there, one line of JSON each. Variants are done out of order: those after the position are requested
 * again when the run is continued.
 */
export class RunRecord {
  readonly #positionFile: string;
  readonly failuresFile: string;
  /** Originals in progress, in S3's order. */
  readonly #begun = new Map<string, Begun>();
  #after = "";
  #savedAtMs = 0;

  /** @param identity Values that two runs have in common if one continues the other. */
  constructor(
    private readonly folder: string,
    stack: string,
    identity: unknown,
  ) {
    const digest = createHash("sha256").update(JSON.stringify(identity)).digest("hex").slice(0, 8);
    this.#positionFile = path.join(folder, `${stack}-${digest}.position`);
    this.failuresFile = path.join(folder, `${stack}-${digest}.failures.jsonl`);
  }

  /** Returns the position of an earlier run that was stopped; without one, returns "" and deletes old failures. */
  open(): string {
    this.#useFolder(() => {
      if (existsSync(this.#positionFile)) this.#after = readFileSync(this.#positionFile, "utf8");
      else rmSync(this.failuresFile, { force: true });
    });
    // Reports a folder that cannot be written before anything is created.
    this.save();
    return this.#after;
  }

  /** Begins the next original. */
  begin(original: string, variants: number): void {
    this.#begun.set(original, { left: variants, failures: [] });
  }

  /** Counts one variant of an original as done. */
  finish(original: string, failure?: Failure): void {
    const begun = this.#begun.get(original);
    if (!begun) throw new Error(`original ${original} is not in progress`);
    begun.left -= 1;
    if (failure) begun.failures.push(failure);
    for (const [first, { left, failures }] of this.#begun) {
      if (left > 0) break;
      this.#begun.delete(first);
      this.#after = first;
      const lines = failures.map((failed) => `${JSON.stringify(failed, FIELDS)}\n`);
      if (lines.length > 0) {
        this.#useFolder(() => {
          appendFileSync(this.failuresFile, lines.join(""));
        });
      }
    }
    if (performance.now() - this.#savedAtMs >= SAVE_EVERY_MS) this.save();
  }

  /** Saves the position. */
  save(): void {
    this.#useFolder(() => {
      mkdirSync(this.folder, { recursive: true });
      writeFileSync(this.#positionFile, this.#after);
    });
    this.#savedAtMs = performance.now();
  }

  hasFailures(): boolean {
    return existsSync(this.failuresFile);
  }

  /** Deletes the position, so that the next run begins with the first original. */
  complete(): void {
    rmSync(this.#positionFile, { force: true });
  }

  /** @throws UserError that names `--out` for an error of the file system */
  #useFolder(work: () => void): void {
    try {
      work();
    } catch (error) {
      const { message } = error as Error;
      throw new UserError(`--out is "${this.folder}": allowed is a folder that can be written (${message})`);
    }
  }
}
