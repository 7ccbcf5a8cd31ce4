import { parseArgs, type ParseArgsConfig } from "node:util";
import { UserError } from "@image-resizer/lib/program";

type Options = NonNullable<ParseArgsConfig["options"]>;

/**
 * Reads a command line of options.
 * @throws UserError with what is wrong, and the usage
 */
export function readOptions<const T extends Options>(argv: readonly string[], options: T, usage: string) {
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    throw new UserError(`${(error as Error).message}; ${usage}`);
  }
}

/**
 * A number from the command line.
 * @throws UserError that names the option and the range
 */
export function numberIn(
  name: string,
  text: string,
  { least, most, whole = true }: { readonly least: number; readonly most: number; readonly whole?: boolean },
): number {
  const value = /^[0-9]+([.][0-9]+)?$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new UserError(`--${name} ${text}: expected ${whole ? "a whole number" : "a number"} from ${least} to ${most}`);
}
