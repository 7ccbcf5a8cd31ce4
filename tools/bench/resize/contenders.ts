import { execFileSync } from "node:child_process";
import path from "node:path";
import { UserError } from "@image-resizer/lib/program";

/** Somebody who makes variants, in a process of its own. */
export interface Contender {
  readonly name: string;
  readonly what: string;
  /** The module below `contenders/`. */
  readonly module: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether what it makes is in S3 afterwards. */
  readonly usesS3?: boolean;
}

/** Against which the others are measured. */
export const FLOOR = "raw sharp";

const ALWAYS: readonly Contender[] = [
  { name: FLOOR, what: "sharp alone, bytes in memory, the resizer's encoder settings", module: "raw-sharp" },
  { name: `${FLOOR} again`, what: "the same once more: how far two alike are apart", module: "raw-sharp" },
  { name: "handler", what: "the resizer's bundle against a local S3", module: "handler", usesS3: true },
  { name: "handler, memory", what: "the same handler with the store in memory", module: "handler-memory" },
  { name: "sharp defaults", what: "sharp with its own encoder settings and threads", module: "sharp-defaults" },
  { name: "ipx", what: "ipx from npm, bytes in memory, its own encoder settings", module: "ipx" },
];

const TOOLS = [
  { name: "vipsthumbnail", commands: ["vipsthumbnail"], version: ["--version"], says: /^vips[- ](\S+)/m },
  { name: "ImageMagick", commands: ["magick", "convert"], version: ["-version"], says: /ImageMagick (\d\S+)/ },
];

/** Everybody who can take part here, and who cannot. */
export function findContenders(): {
  readonly contenders: readonly Contender[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
} {
  const contenders = [...ALWAYS];
  const skipped: { name: string; reason: string }[] = [];
  for (const { name, commands, version, says } of TOOLS) {
    const found = commands.flatMap((command) => {
      const match = says.exec(outputOf(command, version));
      return match ? [{ command, version: match[1] ?? "" }] : [];
    })[0];
    if (found) {
      const what = `${found.command} ${found.version}, a process for each variant, with memory of its own`;
      contenders.push({ name, what, module: "command", environment: { TOOL: found.command } });
    } else {
      skipped.push({ name, reason: `${commands.join(" or ")} is not installed` });
    }
  }
  return { contenders, skipped };
}

/** Those that were named. @throws UserError that lists the names there are */
export function chosen(contenders: readonly Contender[], names: readonly string[] | undefined): readonly Contender[] {
  if (!names) return contenders;
  const unknown = names.find((name) => !contenders.some((contender) => contender.name === name));
  if (unknown !== undefined) {
    const there = contenders.map(({ name }) => `"${name}"`).join(", ");
    throw new UserError(`--contender: there is no "${unknown}" here, but ${there}`);
  }
  return contenders.filter(({ name }) => name === FLOOR || names.includes(name));
}

/** The module of a contender, to be bundled. */
export function entryOf({ module }: Contender): string {
  return path.join(__dirname, "contenders", `${module}.ts`);
}

function outputOf(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 10_000 });
  } catch {
    return "";
  }
}
