// `npm start`: the stack on this machine.
import { HELP, parseOptions } from "./options";
import { UserError } from "@image-resizer/lib/program";
import type { LocalStack } from "./stack";

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const log = (line: string) => {
    (options.json ? process.stderr : process.stdout).write(`${line}\n`);
  };

  // Whoever started it may stop reading what it says; it goes on serving.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

  // Loading these takes a while, and a mistake in the options is said at once.
  const [{ startLocalStack }, { RequestLog }, { Trace }] = await Promise.all([
    import("./stack.js"),
    import("./request-log.js"),
    import("./trace.js"),
  ]);
  const trace = new Trace();
  new RequestLog(trace, log);
  const starting = startLocalStack({ ...options, trace });
  endWithSignal(starting);
  const stack = await starting;

  for (const { file, reason } of stack.originals.skipped) log(`left out ${file}: ${reason}`);
  if (options.json) printJson(stack);
  else await printText(stack, options.stack);
}

function printJson({ endpoints, bucket, accessKey, run }: LocalStack): void {
  const { accessKeyId, secretAccessKey } = accessKey;
  const { allowList } = run.outputs;
  process.stdout.write(`${JSON.stringify({ ...endpoints, bucket, accessKeyId, secretAccessKey, allowList })}\n`);
}

async function printText({ endpoints, originals, images, run }: LocalStack, name: string): Promise<void> {
  const { tryIt } = await import("./try-it.js");
  const lines = [
    `The stack ${name} with ${originals.count} originals from ${images}. Ctrl-C ends it. Try:`,
    ...(await tryIt(endpoints, images, run.outputs.sizes)),
    "",
    ...Object.entries(endpoints).map(([endpoint, url]) => `${endpoint}  ${url}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** Ends the stack, once it has started, at Ctrl-C or `kill`. A terminal's Ctrl-C may arrive more than once. */
function endWithSignal(starting: Promise<LocalStack>): void {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    void starting
      .then((stack) => stack.close())
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  process.on("SIGINT", end);
  process.on("SIGTERM", end);
}

/** A person's mistake is one sentence; anything else is a fault of this program and shows where. */
async function explain(error: unknown): Promise<string> {
  if (error instanceof UserError) return error.message;
  const { RunError } = await import("@pulumi/pulumi");
  if (RunError.isInstance(error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

main().catch(async (error: unknown) => {
  process.stderr.write(`${await explain(error)}\n`);
  process.exit(1);
});
