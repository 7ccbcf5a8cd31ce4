import { RunError } from "@pulumi/pulumi";
import { UserError } from "@image-resizer/lib/program";

/** Runs a command to its exit code: 1 with one sentence for a person's mistake, with everything for ours. */
export function runCommand(work: (argv: readonly string[]) => Promise<void>): void {
  work(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error instanceof UserError || RunError.isInstance(error) ? error.message : error);
    process.exitCode = 1;
  });
}
