import { type Format, isFormat, parseSize } from "./variant-key";

/** A function's environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a variable: its text parsed, or a problem noted that names it, its value, and what is allowed. */
export type ReadVariable = <T>(name: string, allowed: string, parse: (text: string) => T | undefined) => T;

/**
 * Reads the settings of a function from its environment, every variable before anything is complained of.
 * @param whose `The resizer's`, for the error
 * @throws Error that names every variable that is missing or wrong, its value, and what is allowed
 */
export function readEnvironment<T>(whose: string, environment: Environment, settings: (read: ReadVariable) => T): T {
  const problems: string[] = [];
  const result = settings(<V>(name: string, allowed: string, parse: (text: string) => V | undefined): V => {
    const text = environment[name];
    const value = text === undefined ? undefined : parse(text);
    if (value === undefined)
      problems.push(`${name} is ${text === undefined ? "missing" : JSON.stringify(text)}: expected ${allowed}`);
    return value as V; // not used when there are problems
  });
  if (problems.length > 0) throw new Error(`${whose} environment is wrong: ${problems.join("; ")}.`);
  return result;
}

export function nonEmpty(text: string): string | undefined {
  return text === "" ? undefined : text;
}

export function boolean(text: string): boolean | undefined {
  return text === "true" ? true : text === "false" ? false : undefined;
}

export function integer(least: number, most = Number.MAX_SAFE_INTEGER) {
  return (text: string): number | undefined => {
    const value = /^[0-9]+$/.test(text) ? Number(text) : NaN;
    return value >= least && value <= most ? value : undefined;
  };
}

export function oneOf<T extends string>(values: readonly T[]) {
  return (text: string): T | undefined => values.find((value) => value === text);
}

/** Sizes with commas between them. */
export function sizes(text: string): string[] | undefined {
  const list = text.split(",");
  return list.every((size) => parseSize(size)) ? list : undefined;
}

/** Formats with commas between them, or none. */
export function formats(text: string): Format[] | undefined {
  const list = text === "" ? [] : text.split(",");
  return list.every(isFormat) ? list : undefined;
}
