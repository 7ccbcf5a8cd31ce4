import { parseArgs } from "node:util";
import { UserError } from "@image-resizer/lib/program";

/** What `npm start` was asked for. */
export interface Options {
  readonly stack: string;
  /** The CDN's port, followed by the others'; 0 for any free ones. */
  readonly port: number;
  /** A folder of originals; without it the local stack makes some of its own. */
  readonly images?: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** One line of JSON instead of text, and the log on stderr. */
  readonly json: boolean;
  readonly help: boolean;
}

/** How many ports in a row the local stack takes. */
export const PORTS = 5;
const HIGHEST_PORT = 65_535 - PORTS + 1;

export const HELP = `Serves a stack of this project on this machine, without AWS.

npm start -- [--stack NAME] [--port PORT] [--images DIR] [-c KEY=VALUE ...] [--json]

  --stack NAME     the stack file to take, Pulumi.NAME.yaml (default: dev)
  --port PORT      the CDN's port; the others take the next ones; 0 for any free ones (default: 8080)
  --images DIR     makes every picture below DIR an original, its key the path relative to DIR
  -c KEY=VALUE     sets a config value for this run, as pulumi up -c does; may be repeated; JSON is read as JSON
  --json           prints the endpoints, an administrator's keys for S3 and the allow-list as one line of JSON, the log to stderr
  --help           prints this
`;

/** @throws UserError for anything that is not as `HELP` says. */
export function parseOptions(args: readonly string[]): Options {
  const { stack, port, images, config, json, help } = readFlags(args);
  if (!/^(0|[1-9]\d*)$/.test(port) || Number(port) > HIGHEST_PORT) {
    throw new UserError(`--port is "${port}": it is 0, for any free ports, or a number from 1 to ${HIGHEST_PORT}`);
  }
  if (images === "") throw new UserError("--images is empty: it is a folder of pictures");
  return {
    stack,
    port: Number(port),
    ...(images === undefined ? {} : { images }),
    config: Object.fromEntries(config.map(configValue)),
    json,
    help,
  };
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        stack: { type: "string", default: "dev" },
        port: { type: "string", default: "8080" },
        images: { type: "string" },
        config: { type: "string", short: "c", multiple: true, default: [] },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    // parseArgs says first what is wrong, and then, at length, how it could have been meant.
    const [reason] = (error as Error).message.split(/\.?\s*(?:\n|\. )|\.$/);
    throw new UserError(`${reason ?? "the arguments are wrong"} (npm start -- --help lists the options)`);
  }
}

function configValue(text: string): [key: string, value: unknown] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined) throw new UserError(`-c is "${text}": it is KEY=VALUE`);
  try {
    return [key, JSON.parse(value) as unknown];
  } catch {
    return [key, value];
  }
}
