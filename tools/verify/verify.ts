import { randomBytes } from "node:crypto";
import { S3Client } from "@aws-sdk/client-s3";
import { failureOf } from "@image-resizer/lib/fetch-failure";
import { type Interrupt, onInterrupt } from "@image-resizer/lib/interrupt";
import { findTarget } from "@image-resizer/lib/target";
import type { Check, Seen } from "./check";
import { checksOf, untold } from "./checks";
import type { VerifyOptions } from "./main";
import { type Bucket, removeAll, replaceOriginal, uploadOriginals } from "./originals";
import { Probe } from "./probe";

const INTERRUPTED = 130;

/**
 * Makes every check of a stack, removes what it made, and returns the exit code of the command.
 * @throws UserError if an option is wrong, or the bucket cannot be written
 */
export async function verify({ stack, local }: VerifyOptions): Promise<number> {
  const target = await findTarget(stack, local);
  const bucket: Bucket = {
    client: new S3Client(target.s3),
    bucket: target.bucketName,
    prefix: `verify-${randomBytes(6).toString("hex")}/`,
  };
  const probe = new Probe(target, bucket.prefix);
  const rest = `s3://${bucket.bucket}/${bucket.prefix}`;
  const interrupt = onInterrupt({
    onFirst: () => process.stderr.write("\nEnding after this check. Ctrl-C again ends at once.\n"),
    onSecond: () => process.stderr.write(`\nWhat is left: aws s3 rm --recursive ${rest}\n`),
  });
  say(`${target.cdnUrl}, with originals in ${rest}`);
  let isRemoved = false;
  let code: number;
  try {
    await uploadOriginals(bucket);
    const replace = (name: string) => replaceOriginal(bucket, name);
    code = await checkAll(probe, checksOf(probe, { replace, signal: interrupt.signal }), interrupt);
  } finally {
    isRemoved = await removeAll(bucket).then(
      () => true,
      (error: unknown) => {
        process.stderr.write(`${rest} could not be removed: ${(error as Error).message}\n`);
        return false;
      },
    );
  }
  return isRemoved ? code : 1;
}

async function checkAll(probe: Probe, checks: readonly Check[], interrupt: Interrupt): Promise<number> {
  const line = tableOf(checks);
  say(line("", "fact", "expected", "seen", "request ids"));
  let differences = 0;
  for (const { fact, expected, see } of checks) {
    if (interrupt.requested()) return INTERRUPTED;
    const { seen, requestIds } = await see().catch(noResponse);
    if (interrupt.requested()) return INTERRUPTED;
    const isSame = seen === expected;
    if (!isSame) differences += 1;
    say(line(isSame ? "ok" : "NO", fact, expected, isSame ? "the same" : seen, requestIds));
  }
  say("");
  for (const what of untold(probe)) say(`not told: ${what}`);
  say(differences === 0 ? `All ${checks.length} are so.` : `${differences} of ${checks.length} differ.`);
  return differences === 0 ? 0 : 1;
}

/** Returns a function that writes a line, whose columns are as wide as what is known before the first check. */
function tableOf(checks: readonly Check[]): (...cells: readonly string[]) => string {
  const width = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length));
  const widths = [2, width(checks.map(({ fact }) => fact)), width(checks.map(({ expected }) => expected)), 8];
  return (...cells) => cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join("  ");
}

/** No response is a difference, too. */
function noResponse(error: unknown): Seen {
  return { seen: `no response: ${failureOf(error)}`, requestIds: "-" };
}

function say(line: string): void {
  process.stdout.write(`${line.trimEnd()}\n`);
}
