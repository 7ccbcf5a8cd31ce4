import { S3Client } from "@aws-sdk/client-s3";
import { setTimeout as sleep } from "node:timers/promises";
import { onInterrupt } from "@image-resizer/lib/interrupt";
import { findTarget } from "@image-resizer/lib/target";
import { UserError } from "@image-resizer/lib/user-error";
import { encodeKey, formatSpec, type Spec, variantKey } from "../../functions/variant-key";
import { Pace, requestUntilDone } from "./attempts";
import type { PrewarmOptions } from "./main";
import { count, describeCounts, doneOf, duration, startDisplay } from "./progress";
import { requestVariant } from "./request-variant";
import { RunRecord } from "./run-record";
import { chooseSpecs, listOriginals } from "./variants";

/**
 * Creates the variants of a stack's originals and returns the exit code of the command.
 * @throws UserError if an option is wrong, the bucket cannot be listed or the folder `out` cannot be written
 */
export async function prewarm(options: PrewarmOptions): Promise<number> {
  const { prefix, concurrency, out } = options;
  const target = await findTarget(options.stack, options.local);
  const { cdnUrl, bucketName: bucket } = target;
  const specs = chooseSpecs(target.allowList, options.sizes, options.formats);
  const record = new RunRecord(out, target.name, { target, prefix, specs });
  const after = record.open();
  const which = prefix === "" ? "every original" : `originals that begin with ${prefix}`;
  say(`${cdnUrl}: ${specs.map(formatSpec).join(", ")} of ${which}`);
  if (after !== "") say(`Continuing after ${after}.`);

  const client = new S3Client(target.s3);
  const listing = { client, bucket, prefix, after };
  const ending = new AbortController();
  let total: number | undefined;
  /** Counts the variants during the run. If this listing fails, the run's own fails as well and reports the error. */
  const countVariants = async () => {
    let originals = 0;
    for await (const _ of listOriginals({ ...listing, signal: ending.signal })) originals += 1;
    total = originals * specs.length;
  };
  countVariants().catch(() => undefined);
  const counts = { created: 0, existing: 0, failed: 0 };
  const stopDisplay = startDisplay(process.stderr, counts, () => total);
  const interrupt = onInterrupt({
    onFirst: () => {
      process.stderr.write("\nStopping after the requests in flight. Ctrl-C again stops at once.\n");
      ending.abort();
    },
    onSecond: stopDisplay,
  });
  const time = {
    now: () => performance.now(),
    wait: (ms: number) => sleep(ms, undefined, { signal: ending.signal }).catch(() => undefined),
  };
  const pace = new Pace(time);

  const variants = variantsOf(listOriginals(listing), specs, record);
  async function work(): Promise<void> {
    // Not `for await`, which would end the generator for the other workers, too.
    for (let next = await variants.next(); !next.done; next = await variants.next()) {
      const { original, key } = next.value;
      const request = () => requestVariant(target, key);
      const outcome = await requestUntilDone(request, { pace, time, stop: ending.signal });
      if (!outcome) return;
      counts[outcome.kind] += 1;
      const url = `${cdnUrl}/${encodeKey(key)}`;
      record.finish(original, outcome.kind === "failed" ? { key, url, ...outcome } : undefined);
    }
  }

  const startedAtMs = performance.now();
  try {
    await Promise.all(Array.from({ length: concurrency }, work));
  } finally {
    ending.abort();
    stopDisplay();
    client.destroy();
  }
  record.save();

  const done = doneOf(counts);
  const seconds = (performance.now() - startedAtMs) / 1000;
  say(`${count(done)} variants in ${duration(seconds)}: ${describeCounts(counts)}.`);
  if (record.hasFailures()) say(`Failures, one per line: ${record.failuresFile}`);
  if (interrupt.requested()) {
    say("Stopped. The same command continues.");
    return 130;
  }
  record.complete();
  if (done === 0 && after === "") {
    throw new UserError(`bucket ${bucket} has no originals${prefix === "" ? "" : ` that begin with ${prefix}`}`);
  }
  return record.hasFailures() ? 1 : 0;
}

/** Yields the variants of originals, in S3's order. */
async function* variantsOf(originals: AsyncIterable<string>, specs: readonly Spec[], record: RunRecord) {
  for await (const original of originals) {
    record.begin(original, specs.length);
    for (const spec of specs) yield { original, key: variantKey(original, spec) };
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
