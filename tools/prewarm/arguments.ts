import { parseArgs } from "node:util";
import { UserError } from "@image-resizer/lib/user-error";

/** What `npm run prewarm` was asked for. */
export interface Arguments {
  /** A stack that is deployed, or the file with what `npm start -- --json` has printed. */
  readonly where: { readonly stack: string } | { readonly local: string };
  /** Empty for the whole bucket. */
  readonly prefix: string;
  /** Undefined for all that the stack makes. */
  readonly sizes: readonly string[] | undefined;
  readonly formats: readonly string[] | undefined;
  /** Requests at once, at the most. */
  readonly concurrency: number;
  /** The folder of checkpoints and reports. */
  readonly out: string;
}

const MAX_CONCURRENCY = 256;

export const HELP = `Makes the variants of a stack's originals before anybody asks for them.

npm run prewarm -- --stack NAME | --local FILE [--prefix PREFIX] [--sizes SIZES] [--formats FORMATS]
                   [--concurrency N] [--out DIR]

  --stack NAME       a stack that is deployed; pulumi stack output says where it is
  --local FILE       a stack on this machine: FILE is what npm start -- --json has printed
  --prefix PREFIX    only originals whose keys begin with PREFIX, such as products/
  --sizes SIZES      only these sizes of the allow-list, such as 640w,360x270 (default: all)
  --formats FORMATS  only these formats, such as avif,original (default: all); original is the variant whose key
                     names no format. A stack that gives viewers avif or webp unasked has a variant for each.
  --concurrency N    requests at once at the most, 1 to ${MAX_CONCURRENCY}; fewer where the stack says it is too busy (default: 16)
  --out DIR          where the checkpoint of a stopped run and the report of failures go (default: .prewarm)
  --help             prints this

Ctrl-C stops it once the requests under way have ended; the same command then continues there.
Ends with 0, with 1 where a variant could not be made, with 130 where it was stopped.
`;

/**
 * Reads the command line; undefined where it asks for help.
 * @throws UserError for anything that is not as `HELP` says
 */
export function readArguments(argv: readonly string[]): Arguments | undefined {
  const { stack, local, prefix, sizes, formats, concurrency, out, help } = readFlags(argv);
  if (help) return undefined;
  if (!/^[1-9]\d*$/.test(concurrency) || Number(concurrency) > MAX_CONCURRENCY) {
    throw new UserError(`--concurrency is "${concurrency}": it is a number from 1 to ${MAX_CONCURRENCY}`);
  }
  return {
    where: readWhere(stack, local),
    prefix,
    sizes: sizes === undefined ? undefined : readList("sizes", sizes),
    formats: formats === undefined ? undefined : readList("formats", formats),
    concurrency: Number(concurrency),
    out,
  };
}

function readWhere(stack: string | undefined, local: string | undefined): Arguments["where"] {
  if (stack !== undefined && local === undefined) return { stack };
  if (local !== undefined && stack === undefined) return { local };
  throw new UserError("one of --stack NAME and --local FILE says which stack it is");
}

function readList(name: string, text: string): string[] {
  const items = text.split(",").map((item) => item.trim());
  if (items.includes("")) throw new UserError(`--${name} is "${text}": it is names with commas between them`);
  return [...new Set(items)];
}

function readFlags(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        stack: { type: "string" },
        local: { type: "string" },
        prefix: { type: "string", default: "" },
        sizes: { type: "string" },
        formats: { type: "string" },
        concurrency: { type: "string", default: "16" },
        out: { type: "string", default: ".prewarm" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    // parseArgs says first what is wrong, and then, at length, how it could have been meant.
    const [reason] = (error as Error).message.split(/\.?\s*(?:\n|\. )|\.$/);
    throw new UserError(`${reason ?? "the arguments are wrong"} (npm run prewarm -- --help lists the options)`);
  }
}
