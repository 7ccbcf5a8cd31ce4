import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { CommandSyntax, Option } from "./cli";

const WIDTH = 100;
const PLACEHOLDERS = { string: "TEXT", list: "A,B", number: "NUMBER", integer: "NUMBER", settings: "KEY=VALUE" };

export function kebabCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Returns an option as it is written: `--port PORT`. */
export function flagOf(name: string, option: Option): string {
  if (option.type === "boolean") return `--${kebabCase(name)}`;
  return `--${kebabCase(name)} ${option.placeholder ?? PLACEHOLDERS[option.type]}`;
}

/** Returns the flags, the default and the description of each option. */
function describe({ options }: CommandSyntax) {
  return Object.entries(options).map(([key, option]) => ({
    flags: [...(option.short === undefined ? [] : [`-${option.short}`]), flagOf(key, option)],
    byDefault: "default" in option ? String(option.default) : "",
    description: option.description,
  }));
}

/** Returns what `--help` prints. */
export function helpText(command: CommandSyntax): string {
  const { name, summary, options, notes } = command;
  const flags = Object.entries(options).map(([key, option]) => {
    const flag = flagOf(key, option);
    if (option.type === "settings") return `[${flag} ...]`;
    return "required" in option && option.required ? flag : `[${flag}]`;
  });
  const rows = describe(command).map((row) => {
    const byDefault = row.byDefault && ` Default: ${row.byDefault}.`;
    return [row.flags.join(", "), row.description + byDefault] as const;
  });
  rows.push(["-h, --help", "Prints this help."], ["--version", "Prints the version."]);
  const indent = Math.max(...rows.map(([flag]) => flag.length)) + 4;
  return [
    summary,
    "",
    wrap(flags.length === 0 ? name : `${name} --`, flags, name.length + 4),
    "",
    ...rows.map(([flag, text]) => wrap(`  ${flag}`.padEnd(indent - 1), text.split(" "), indent)),
    ...(notes === undefined ? [] : ["", ...notes.split("\n").map((line) => wrap("", line.split(" "), 0))]),
    "",
  ].join("\n");
}

/** Returns the options of a command as a Markdown table for a README. */
export function optionsTable(command: CommandSyntax): string {
  const code = (text: string) => text && `\`${text}\``;
  const rows = describe(command).map((row) => [row.flags.map(code).join(", "), code(row.byDefault), row.description]);
  const lines = [["Option", "Default", "Meaning"], ["---", "---", "---"], ...rows];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`).join("\n");
}

/** For a tool's tests: asserts that its README has the table of a command's options, however it is padded. */
export function assertReadmeHasOptions(readmeFile: string, command: CommandSyntax): void {
  const squeeze = (text: string) => text.replace(/ +/g, " ").replace(/-{3,}/g, "---");
  const table = optionsTable(command);
  const found = squeeze(readFileSync(readmeFile, "utf8")).includes(squeeze(table));
  assert.ok(found, `${readmeFile} has another table of the options of ${command.name}; it should have\n\n${table}\n`);
}

/** Puts words behind a beginning, and on further lines of their own where they are too many. */
function wrap(beginning: string, words: readonly string[], indent: number): string {
  const lines: string[] = [];
  let line = beginning;
  for (const word of words) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= WIDTH) line = longer;
    else {
      lines.push(line);
      line = `${" ".repeat(indent)}${word}`;
    }
  }
  return [...lines, line].join("\n");
}
