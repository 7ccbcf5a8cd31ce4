// A command-line tool: a process of its own for each variant. TOOL says which.
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { readSettings } from "../../../../functions/resizer/settings";
import { type Format, parseSpec, type Spec } from "../../../../functions/variant-key";
import { serve } from "../serve";

const run = promisify(execFile);
/** Of the JPEG standard's table, which these tools quantise by: as similar as the resizer's own default (docs/formats.md). */
const JPEG_QUALITY = 80;
const quality = { ...readSettings(process.env).quality, jpeg: JPEG_QUALITY };
const folder = mkdtempSync(path.join(tmpdir(), "bench-"));
process.on("exit", () => {
  rmSync(folder, { recursive: true, force: true });
});

serve(
  async (_original, { file, spec: text }) => {
    const spec = parseSpec(text);
    if (!spec) throw new Error(`${text} is no spec`);
    const format = spec.format ?? "jpeg";
    const output = path.join(folder, `variant.${format}`);
    const tool = process.env.TOOL ?? "";
    const args =
      tool === "vipsthumbnail"
        ? vipsArguments(file, spec, format, output)
        : magickArguments(file, spec, format, output);
    await run(tool, args);
    return readFile(output);
  },
  { reads: false },
);

function vipsArguments(file: string, { size }: Spec, format: Format, output: string): string[] {
  const { width, height } = size;
  const box = width !== undefined && height !== undefined;
  const options = format === "png" ? "" : `[Q=${quality[format]}]`;
  // `>` and below: never enlarged.
  const geometry = `${width ?? ""}x${height ?? ""}${box ? "" : ">"}`;
  return [file, "--size", geometry, ...(box ? ["--smartcrop", "centre"] : []), "-o", `${output}${options}`];
}

function magickArguments(file: string, { size }: Spec, format: Format, output: string): string[] {
  const { width, height } = size;
  const box = width !== undefined && height !== undefined;
  const geometry = box ? `${width}x${height}^` : `${width ?? ""}x${height ?? ""}>`;
  const crop = box ? ["-gravity", "center", "-extent", `${width}x${height}`] : [];
  const encoder = format === "png" ? [] : ["-quality", String(quality[format])];
  return [file, "-auto-orient", "-resize", geometry, ...crop, "-strip", ...encoder, output];
}
