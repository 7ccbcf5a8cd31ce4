// Command lines. Loads nothing but Node's own modules, so that --help and a wrong option are answered at once.
import { readFileSync } from "node:fs";
import path from "node:path";
import { inspect, parseArgs } from "node:util";
import { flagOf, helpText, kebabCase } from "./cli-help";
import { ROOT } from "./root";
import { UserError } from "./user-error";

interface Described {
  readonly description: string;
  /** One letter, such as `c` for `-c`. */
  readonly short?: string;
}

interface Valued<T> extends Described {
  /** Name of the value in the help, such as `DIR`. Default: the type's own, such as `NUMBER`. */
  readonly placeholder?: string;
  /** Without a default an option that is not given is `undefined`. */
  readonly default?: T;
  readonly required?: boolean;
  /** Returns what is allowed, such as "a divisor of 30", if the value is not. */
  readonly validate?: (value: T) => string | undefined;
}

type ValuedOption =
  | (Valued<string> & { readonly type: "string" })
  | (Valued<readonly string[]> & { readonly type: "list" })
  | (Valued<number> & { readonly type: "number" | "integer"; readonly min: number; readonly max: number });

/**
 * An option of a command. A `list` is values with commas between them, and may be repeated; `settings` are KEY=VALUE, may
 * be repeated, and a value that is JSON is read as JSON, as `pulumi up -c` does.
 */
export type Option =
  | ValuedOption
  | (Described & { readonly type: "boolean" })
  | (Described & { readonly type: "settings"; readonly placeholder?: string });

/** Options by name in camelCase: `cacheDays` is `--cache-days`. */
export type Options = Readonly<Record<string, Option>>;

interface ValueTypes {
  string: string;
  list: readonly string[];
  number: number;
  integer: number;
  boolean: boolean;
  settings: Readonly<Record<string, unknown>>;
}

type AlwaysGiven =
  | { readonly type: "boolean" | "settings" }
  | { readonly required: true }
  | { readonly default: string | number | readonly string[] };

/** Values of a command line, as its options declare them. */
export type Values<O extends Options> = {
  readonly [K in keyof O]: ValueTypes[O[K]["type"]] | (O[K] extends AlwaysGiven ? never : undefined);
};

/** The words of a command, as its help has them. */
export interface CommandSyntax {
  /** The words that start it: `npm run prewarm`. */
  readonly name: string;
  /** One sentence. */
  readonly summary: string;
  readonly options: Options;
  /** Further paragraphs of the help, such as exit codes. */
  readonly notes?: string;
}

export interface Command<O extends Options> extends CommandSyntax {
  readonly options: O;
  /** Does the work and returns the exit code. Imports what takes time to load in here. */
  readonly run: (values: Values<O>) => Promise<number>;
}

/** Returns the command itself, with the types of its values inferred. */
export function defineCommand<const O extends Options>(command: Command<O>): Command<O> {
  return command;
}

/**
 * Reads a command line.
 * @throws UserError that names the option, its value and what is allowed
 */
export function parseCommand<O extends Options>(command: Command<O>, argv: readonly string[]): Values<O> {
  const given = parseFlags(command, argv);
  const values = Object.entries(command.options).map(([name, option]) => {
    const texts = given[name];
    if (texts !== undefined) return [name, readOption(name, option, texts)];
    if (option.type === "boolean") return [name, false];
    if (option.type === "settings") return [name, {}];
    if (option.required) throw new UserError(`${flagOf(name, option)} is missing ${seeHelp(command)}`);
    return [name, option.default];
  });
  return Object.fromEntries(values) as Values<O>;
}

/**
 * Runs a command as the process: `--help`, `--version`, or its work. A UserError or a RunError of Pulumi's is one message
 * without a stack trace; either ends the process with 1, whatever is still open.
 */
export function runCommand<O extends Options>(command: Command<O>, argv: readonly string[] = process.argv.slice(2)) {
  answer(command, argv).then(
    (code) => {
      process.exitCode = code;
    },
    (error: unknown) => {
      process.stderr.write(`${explain(error)}\n`, () => process.exit(1));
    },
  );
}

async function answer<O extends Options>(command: Command<O>, argv: readonly string[]): Promise<number> {
  if (argv.includes("-h") || argv.includes("--help")) {
    process.stdout.write(helpText(command));
    return 0;
  }
  if (argv.includes("--version")) {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  return command.run(parseCommand(command, argv));
}

/** Returns name and version of the project: `image-resizer 0.1.0`. */
export function version(): string {
  const manifest = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as Record<string, string>;
  return `${manifest.name ?? ""} ${manifest.version ?? ""}`;
}

/** Returns an error as people read it: the stack trace only of an error in the code. */
export function explain(error: unknown): string {
  // RunError is recognized by its mark, as `RunError.isInstance` does, because loading Pulumi takes seconds.
  const forUsers = error instanceof UserError || (error instanceof Error && "__pulumiRunError" in error);
  return forUsers ? error.message : inspect(error);
}

type Given = Readonly<Record<string, readonly (string | boolean)[] | undefined>>;

function parseFlags(command: CommandSyntax, argv: readonly string[]): Given {
  const declared = Object.entries(command.options).map(([name, { type, short }]) => {
    const kind = type === "boolean" ? ("boolean" as const) : ("string" as const);
    return [kebabCase(name), { type: kind, multiple: true, ...(short === undefined ? {} : { short }) }] as const;
  });
  try {
    const { values } = parseArgs({ args: [...argv], options: Object.fromEntries(declared) });
    return Object.fromEntries(Object.keys(command.options).map((name) => [name, values[kebabCase(name)]]));
  } catch (error) {
    // parseArgs says first what is wrong, and then, at length, how it could have been meant.
    const [reason = "The command line is wrong"] = (error as Error).message.split(/\.?\s*(?:\n|\. )|\.$/);
    throw new UserError(`${reason} ${seeHelp(command)}`);
  }
}

function seeHelp({ name }: CommandSyntax): string {
  return `(${name} -- --help lists the options)`;
}

function readOption(name: string, option: Option, texts: readonly (string | boolean)[]): unknown {
  if (option.type === "boolean") return texts.at(-1);
  if (option.type === "settings") {
    return Object.fromEntries(texts.map((text) => readSetting(name, option, String(text))));
  }
  const text = option.type === "list" ? texts.join(",") : String(texts.at(-1));
  const [value, allowed] = readValue(option, text);
  if (allowed !== undefined) throw new UserError(`--${kebabCase(name)} is "${text}": allowed is ${allowed}`);
  return value;
}

/** Returns a value, with what is allowed if it is not. */
function readValue(option: ValuedOption, text: string): [value: unknown, allowed: string | undefined] {
  if (option.type === "string") {
    if (text === "" && option.default !== "") return [text, "a text that is not empty"];
    return [text, option.validate?.(text)];
  }
  if (option.type === "list") {
    const items = [...new Set(text.split(",").map((item) => item.trim()))];
    return [items, items.includes("") ? "names with commas between them" : option.validate?.(items)];
  }
  const { type, min, max, validate } = option;
  const value = /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text) ? Number(text) : NaN;
  const inRange = value >= min && value <= max && (type === "number" || Number.isInteger(value));
  const range = `${type === "number" ? "a number" : "an integer"} from ${min} to ${max}`;
  return [value, inRange ? validate?.(value) : range];
}

function readSetting(name: string, { short }: Option, text: string): [key: string, value: unknown] {
  const [, key = "", value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === "") {
    const flag = short === undefined ? `--${kebabCase(name)}` : `-${short}`;
    throw new UserError(`${flag} is "${text}": allowed is KEY=VALUE`);
  }
  try {
    return [key, JSON.parse(value) as unknown];
  } catch {
    return [key, value];
  }
}
