import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ROOT } from "@image-resizer/lib/root";

export { ROOT };

/** Where results are kept. */
export const RESULTS = path.join(ROOT, "tools/bench/results");

/** Writes a text, and the folder that it belongs in. */
export function writeText(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

export function writeJson(file: string, value: unknown): void {
  writeText(file, `${JSON.stringify(value, undefined, 2)}\n`);
}
