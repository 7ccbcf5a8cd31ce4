// `npm start`: the stack on this machine.
import { once } from "node:events";
import { createRequire } from "node:module";
import { defineCommand, type Options, runCommand, type Values } from "@image-resizer/lib/cli";
import { RequestLog } from "./request-log";
import type { LocalStack } from "./stack";
import { Trace } from "./trace";

const load = createRequire(__filename);

/** Number of consecutive ports that the local stack needs. */
const PORTS = 5;

const options = {
  stack: {
    type: "string",
    placeholder: "NAME",
    default: "dev",
    description: "The stack file: `Pulumi.NAME.yaml`.",
  },
  port: {
    type: "integer",
    placeholder: "PORT",
    min: 0,
    max: 65_535 - PORTS + 1,
    default: 8080,
    description: "The CDN's port; the others are the next ones. 0 for any free ports.",
  },
  images: {
    type: "string",
    placeholder: "DIR",
    description:
      "Every image below DIR becomes an original; its key is the path relative to DIR. Without it: generated sample images.",
  },
  config: {
    type: "settings",
    short: "c",
    description:
      "Sets a config value for this run, as `pulumi up -c` does. `cdn.delivery=failover` sets one value of a group; JSON is read as JSON. May be repeated.",
  },
  json: {
    type: "boolean",
    description:
      "Prints the endpoints, an administrator's keys for S3 and the allow-list as one line of JSON, and the log to stderr.",
  },
} as const satisfies Options;

export const command = defineCommand({
  name: "npm start",
  summary: "Serves a stack of this project on this machine, without AWS.",
  options,
  notes: "Ctrl-C ends it.",
  run,
});

async function run({ images, ...values }: Values<typeof options>): Promise<number> {
  const log = (line: string) => {
    (values.json ? process.stderr : process.stdout).write(`${line}\n`);
  };
  // Keep serving when stdout or stderr is closed.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  // A terminal's Ctrl-C may arrive more than once: the first ends the stack, once it has started.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
  const ended = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);

  // Loading this takes seconds.
  const { startLocalStack } = load("./stack") as typeof import("./stack");
  const trace = new Trace();
  new RequestLog(trace, log);
  const stack = await startLocalStack({ ...values, ...(images === undefined ? {} : { images }), trace });

  for (const { file, reason } of stack.originals.skipped) log(`left out ${file}: ${reason}`);
  process.stdout.write(`${values.json ? jsonLine(stack) : text(stack, values.stack)}\n`);
  await ended;
  await stack.close();
  return 0;
}

function jsonLine({ endpoints, bucket, accessKey, run: { outputs } }: LocalStack): string {
  const { accessKeyId, secretAccessKey } = accessKey;
  return JSON.stringify({ ...endpoints, bucket, accessKeyId, secretAccessKey, allowList: outputs.allowList });
}

function text(stack: LocalStack, name: string): string {
  const { endpoints, originals, images } = stack;
  return [
    `The stack ${name} with ${originals.count} originals from ${images}. Ctrl-C ends it. Try:`,
    ...examples(stack),
    "",
    ...Object.entries(endpoints).map(([endpoint, url]) => `${endpoint}  ${url}`),
  ].join("\n");
}

/** Returns shell lines that show the flow: a miss, then a hit, then a size that the stack does not allow. */
function examples({ endpoints: { cdn, website }, storage, bucket, run: { outputs } }: LocalStack): string[] {
  const [key = ""] = storage.objects(bucket).keys();
  // A stack without a list allows every size.
  const [size] = Array.isArray(outputs.sizes) ? outputs.sizes.map(String) : [];
  const slash = key.lastIndexOf("/") + 1;
  const url = (spec: string) => {
    const segments = [...key.slice(0, slash).split("/").slice(0, -1), spec, key.slice(slash)];
    // Between single quotes, a shell leaves it alone.
    return [cdn, ...segments.map((segment) => encodeURIComponent(segment).replaceAll("'", "%27"))].join("/");
  };
  const way = website === undefined ? "200 from the API" : "307 to the API, 301 back to the CDN, 200";
  return [
    `curl -sIL '${url(size ?? "640w")}'   # a miss: ${way}`,
    `curl -sI '${url(size ?? "640w")}'   # a hit`,
    ...(size === undefined ? [] : [`curl -sIL '${url("1x1")}'   # a size that this stack does not allow: 404`]),
  ];
}

if (require.main === module) runCommand(command);
