import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { UserError } from "@image-resizer/lib/user-error";
import { LedgerState } from "./ledger";

/** What makes two runs the same, so that one continues the other. */
export interface RunIdentity {
  readonly stack: string;
  readonly cdnUrl: string;
  readonly bucket: string;
  readonly session: string;
  readonly prefix: string;
  readonly specs: readonly string[];
}

const Saved = z.object({
  ledger: LedgerState,
  /** How much of the report of failures goes with it. */
  reportBytes: z.number().int().min(0),
});
export type Saved = z.infer<typeof Saved>;

/** The file in which a run leaves how far it has come. Another run's has another name. */
export class Checkpoint {
  readonly file: string;
  /** Where the run reports failures: beside it. */
  readonly reportFile: string;

  constructor(
    folder: string,
    private readonly run: RunIdentity,
  ) {
    const digest = createHash("sha256").update(JSON.stringify(run)).digest("hex").slice(0, 8);
    this.file = path.join(folder, `${run.stack}-${digest}.json`);
    this.reportFile = path.join(folder, `${run.stack}-${digest}.failures.jsonl`);
  }

  /**
   * What an earlier run has left; undefined for nothing.
   * @throws UserError for a file that is no checkpoint, and the system's error for one that cannot be read
   */
  load(): Saved | undefined {
    let text: string;
    try {
      text = readFileSync(this.file, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
    try {
      return Saved.parse(JSON.parse(text));
    } catch {
      throw new UserError(`${this.file} is no checkpoint of this program: delete it to begin anew`);
    }
  }

  /** A process that is killed meanwhile leaves the checkpoint before. */
  save(saved: Saved): void {
    mkdirSync(path.dirname(this.file), { recursive: true });
    const staging = `${this.file}.new`;
    writeFileSync(staging, `${JSON.stringify({ run: this.run, ...saved })}\n`);
    renameSync(staging, this.file);
  }

  remove(): void {
    rmSync(this.file, { force: true });
  }
}
