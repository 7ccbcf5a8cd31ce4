import { execFileSync } from "node:child_process";

/** A way to make variants, in a process of its own. */
export interface Contender {
  readonly name: string;
  readonly what: string;
  readonly environment: Readonly<Record<string, string>>;
  /** True if the variant is in S3 afterwards. Default false. */
  readonly usesS3?: boolean;
}

/** Contender that the others are compared with. */
export const FLOOR = "raw sharp";

const ALWAYS: readonly Contender[] = [
  contender(FLOOR, "raw-sharp", "sharp alone, bytes in memory, the resizer's encoder settings"),
  contender(`${FLOOR} again`, "raw-sharp", "the same once more: the difference between two alike"),
  { ...contender("handler", "handler", "the resizer's bundle against a local S3"), usesS3: true },
  contender("handler in memory", "handler-memory", "the same handler with the store in memory"),
  contender("sharp defaults", "sharp-defaults", "sharp with its own encoder settings and threads"),
  contender("ipx", "ipx", "ipx from npm, bytes in memory, its own encoder settings"),
];

const TOOLS = [
  { name: "vipsthumbnail", commands: ["vipsthumbnail"], version: ["--version"], pattern: /^vips[- ](\S+)/m },
  { name: "ImageMagick", commands: ["magick", "convert"], version: ["-version"], pattern: /ImageMagick (\d\S+)/ },
];

/** Returns the contenders that can run here, and those that cannot. */
export function findContenders(): {
  readonly contenders: readonly Contender[];
  readonly skipped: readonly { readonly name: string; readonly reason: string }[];
} {
  const contenders = [...ALWAYS];
  const skipped: { name: string; reason: string }[] = [];
  for (const { name, commands, version, pattern } of TOOLS) {
    const [found] = commands.flatMap((command) => {
      const match = pattern.exec(outputOf(command, version));
      return match ? [{ command, version: match[1] ?? "" }] : [];
    });
    if (found) {
      const what = `${found.command} ${found.version}, a process for each variant, with memory of its own`;
      contenders.push(contender(name, "command", what, { TOOL: found.command }));
    } else {
      skipped.push({ name, reason: `${commands.join(" or ")} is not installed` });
    }
  }
  return { contenders, skipped };
}

function contender(name: string, module: string, what: string, environment: Record<string, string> = {}): Contender {
  return { name, what, environment: { CONTENDER: module, ...environment } };
}

function outputOf(command: string, args: readonly string[]): string {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 10_000 });
  } catch {
    return "";
  }
}
