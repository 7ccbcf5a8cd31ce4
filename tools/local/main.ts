// `npm start`: the stack on this machine.
import { createRequire } from "node:module";
import { defineCommand, type Options, runCommand, type Values } from "@image-resizer/lib/cli";
import { realFolder } from "./s3/originals-folder";

/** Number of consecutive ports that the local stack needs. */
const PORTS = 5;

const load = createRequire(__filename);

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
  log: {
    type: "string",
    placeholder: "FORMAT",
    default: "text",
    validate: (format) => (format === "text" || format === "json" ? undefined : "text, json"),
    description: "`text` is a line for each request; `json` has every hop of it, and the functions' logs.",
  },
  json: {
    type: "boolean",
    description:
      "Prints the endpoints, an administrator's keys for S3 and the allow-list as one line of JSON, and the log to stderr.",
  },
} as const satisfies Options;

/** Values of the command line of `npm start`. */
export type StartOptions = Values<typeof options>;

export const command = defineCommand({
  name: "npm start",
  summary: "Serves a stack of this project on this machine, without AWS.",
  options,
  notes: "On a terminal, o opens the gallery, r reloads the stack, and q or Ctrl-C ends it.",
  run: async (values) => {
    // Keep serving when stdout or stderr is closed.
    for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
    if (values.images !== undefined) await realFolder(values.images);
    const { Session } = load("./terminal/session") as typeof import("./terminal/session");
    const session = new Session(values);
    session.begin();
    return session.serve();
  },
});

if (require.main === module) runCommand(command);
