// `npm run prewarm`: makes the variants of a stack's originals before anybody asks for them.
import { S3Client } from "@aws-sdk/client-s3";
import { setTimeout as sleep } from "node:timers/promises";
import { onInterrupt } from "@image-resizer/lib/interrupt";
import { formatSpec } from "../../functions/variant-key";
import { UserError } from "@image-resizer/lib/user-error";
import { type Arguments, HELP, readArguments } from "./arguments";
import { ask, variantUrl } from "./ask";
import { askUntilDone } from "./attempts";
import { Checkpoint } from "./checkpoint";
import { startDisplay } from "./display";
import { FailureReport } from "./failure-report";
import { Ledger, NOTHING_DONE } from "./ledger";
import { countOriginals, listOriginals } from "./originals";
import { inOutFolder } from "./out-folder";
import { Pace, type Time } from "./pace";
import { count, describeCounts, doneOf, duration } from "./progress";
import { prewarm } from "./run";
import { chooseSpecs } from "./specs";
import { findTarget } from "./target";

const SAVE_EVERY_MS = 2000;

async function main(argv: readonly string[]): Promise<number> {
  const given = readArguments(argv);
  if (given) return run(given);
  process.stdout.write(HELP);
  return 0;
}

async function run({ where, prefix, sizes, formats, concurrency, out }: Arguments): Promise<number> {
  const target = await findTarget(where);
  const { name, cdnUrl, bucket, allowList, session } = target;
  const specs = chooseSpecs(allowList, sizes, formats);
  const specNames = specs.map(formatSpec);
  const checkpoint = new Checkpoint(out, { stack: name, cdnUrl, bucket, session, prefix, specs: specNames });
  const before = inOutFolder(out, () => checkpoint.load());
  const ledger = new Ledger(before?.ledger ?? NOTHING_DONE);
  const report = inOutFolder(out, () => new FailureReport(checkpoint.reportFile, before?.reportBytes ?? 0));
  const save = () => {
    inOutFolder(out, () => {
      checkpoint.save({ ledger: ledger.state(), reportBytes: report.bytes });
    });
  };
  // What cannot be saved is to be known before anything is made.
  save();
  const unsaved = new AbortController();
  const saveOrStop = () => {
    try {
      save();
    } catch (error) {
      unsaved.abort(error);
    }
  };

  say(
    `${cdnUrl}: ${specNames.join(", ")} of ${prefix === "" ? "every original" : `originals that begin with ${prefix}`}`,
  );
  if (before) say(`Continuing where it was stopped, with ${describeCounts(before.ledger)}.`);

  const client = new S3Client(target.s3);
  const { after, originals: passed } = ledger.state();
  const listing = { client, bucket, prefix, after };
  // Counted beside the run, so that neither waits for the other. If it fails, so does the run's own listing, which tells.
  let total: number | undefined;
  const counting = new AbortController();
  countOriginals({ ...listing, signal: counting.signal }).then(
    (left) => (total = (passed + left) * specs.length),
    () => undefined,
  );
  const display = startDisplay(process.stderr, () => ({ ...ledger.state(), total }));
  const saving = setInterval(saveOrStop, SAVE_EVERY_MS);
  const interrupt = onInterrupt({
    onFirst: () => {
      process.stderr.write("\nStopping when the requests under way have ended; Ctrl-C again ends it at once.\n");
    },
    onSecond: () => {
      display.stop();
      saveOrStop();
    },
  });
  const stop = AbortSignal.any([interrupt.signal, unsaved.signal]);
  const time = timeUntil(stop);
  const pace = new Pace(time);
  const startedAt = performance.now();
  try {
    await prewarm({
      originals: listOriginals(listing),
      specs,
      allowList,
      concurrency,
      ledger,
      make: (key) => askUntilDone(() => ask(target, key), { pace, time, stop }),
      urlOf: (key) => variantUrl(target, key),
      report: (failure) => {
        inOutFolder(out, () => {
          report.add(failure);
        });
      },
      stop,
    });
  } finally {
    counting.abort();
    clearInterval(saving);
    display.stop();
    saveOrStop();
    client.destroy();
  }
  unsaved.signal.throwIfAborted();

  const end = ledger.state();
  const seconds = (performance.now() - startedAt) / 1000;
  const now = doneOf(end) - doneOf(before?.ledger ?? NOTHING_DONE);
  say(`${count(now)} variants in ${duration(seconds)} (${(now / seconds).toFixed(1)}/s); ${describeCounts(end)}.`);
  if (end.failed > 0) say(`What failed, a line each: ${report.file}`);
  if (interrupt.requested()) {
    say(`Stopped. The same command continues from ${checkpoint.file}.`);
    return 130;
  }
  checkpoint.remove();
  if (end.originals === 0)
    throw new UserError(`there are no originals in ${bucket}${prefix === "" ? "" : ` that begin with ${prefix}`}`);
  return end.failed > 0 ? 1 : 0;
}

/** Waiting ends where the run is being stopped. */
function timeUntil(stop: AbortSignal): Time {
  return {
    now: () => performance.now(),
    wait: (ms) => sleep(ms, undefined, { signal: stop }).catch(() => undefined),
  };
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof UserError ? error.message : error);
    process.exitCode = 1;
  },
);
