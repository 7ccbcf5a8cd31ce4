import { parseArgs } from "node:util";

/**
 * The numbers that a tool was given as `--name N`, over their defaults.
 * Ends the process with one sentence for anything else.
 */
export function numbers<T extends Readonly<Record<string, number>>>(defaults: T): T {
  const options = Object.fromEntries(Object.keys(defaults).map((name) => [name, { type: "string" as const }]));
  try {
    const { values } = parseArgs({ args: process.argv.slice(2), options });
    const given = Object.entries(values).map(([name, text]) => [name, positiveInteger(name, String(text))]);
    return { ...defaults, ...(Object.fromEntries(given) as Partial<T>) };
  } catch (error) {
    const known = Object.keys(defaults).map((name) => `--${name} N`);
    process.stderr.write(`${(error as Error).message.split(". ", 1)[0] ?? ""}: allowed are ${known.join(", ")}\n`);
    process.exit(2);
  }
}

function positiveInteger(name: string, text: string): number {
  if (!/^[1-9][0-9]{0,9}$/.test(text)) throw new Error(`--${name} is "${text}" and must be an integer above 0`);
  return Number(text);
}
