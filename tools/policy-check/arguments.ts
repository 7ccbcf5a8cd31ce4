import { parseArgs } from "node:util";
import { UserError } from "@image-resizer/lib/program";

/** What the command line asks for. */
export interface Arguments {
  readonly stack: string;
  /** Config over the stack file's, as `pulumi up -c` sets it. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly packConfig: string | undefined;
}

export const USAGE =
  "usage: npm run policy -- --stack <stack> [-c <key>=<value> ...] [--policy-pack-config <file.json>]";

/**
 * Reads the command line. Values of `-c` that are JSON are read as JSON.
 * @throws UserError with what is wrong, and the usage
 */
export function readArguments(argv: readonly string[]): Arguments {
  const { stack, config = [], packConfig } = parse(argv);
  if (stack === undefined) throw new UserError(`--stack is missing; ${USAGE}`);
  return { stack, config: Object.fromEntries(config.map(readSetting)), packConfig };
}

function parse(argv: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...argv],
      options: {
        stack: { type: "string", short: "s" },
        config: { type: "string", short: "c", multiple: true },
        "policy-pack-config": { type: "string" },
      },
    });
    return { stack: values.stack, config: values.config, packConfig: values["policy-pack-config"] };
  } catch (error) {
    throw new UserError(`${error instanceof Error ? error.message : String(error)}; ${USAGE}`);
  }
}

function readSetting(text: string): [string, unknown] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new UserError(`-c ${text} is not <key>=<value>; ${USAGE}`);
  const value = text.slice(equals + 1);
  try {
    return [text.slice(0, equals), JSON.parse(value)];
  } catch {
    return [text.slice(0, equals), value];
  }
}
