// Process of a contender: makes the variants that its parent asks for, one at a time, and measures each.
// CONTENDER in the environment names it.
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { encode } from "../../../functions/resizer/encode";
import type { Handler } from "../../../functions/resizer/handler";
import { readSettings } from "../../../functions/resizer/settings";
import type { Spec } from "../../../functions/variant-key";
import { peakRssMb, serveParent } from "../lib/child";
import { invoke, resized, specOf } from "../lib/resize";

/** One variant to make. */
export interface Job {
  /** File of the original, and its key where it is in S3. */
  readonly file: string;
  readonly key: string;
  readonly spec: string;
  /** True to return the variant's bytes. */
  readonly keep: boolean;
}

/** A variant that was made, and the most memory that the process has held so far. */
export interface Made {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakRssMb: number;
  readonly bytes?: Uint8Array;
}

/** Makes a variant and returns its bytes, unless they are in S3. */
type Make = (original: Buffer, job: Job) => Promise<Uint8Array | undefined>;

/** Milliseconds of a clock tick in /proc: USER_HZ is 100 on every Linux that Node supports. */
const TICK_MS = 10;
/** Of the JPEG standard's table, which these tools quantise by: as similar as the resizer's default (docs/benchmarks.md). */
const TOOL_JPEG_QUALITY = 80;

const settings = readSettings(process.env);

/** Each loads only what it needs itself. */
const CONTENDERS: Readonly<Record<string, () => Promise<Make>>> = {
  /** sharp alone with the resizer's encoder settings and threads. */
  "raw-sharp": async () => {
    const { default: sharp } = await import("sharp");
    sharp.cache(false);
    sharp.concurrency(1);
    return (original, job) => {
      const spec = specOf(job.spec);
      const image = resized(sharp(original), spec, { fit: settings.fit, position: settings.position });
      return encode(image, spec.format ?? "jpeg", settings).toBuffer();
    };
  },

  /** sharp with its own encoder settings, cache and threads. */
  "sharp-defaults": async () => {
    const { default: sharp } = await import("sharp");
    return (original, job) => {
      const spec = specOf(job.spec);
      return resized(sharp(original), spec)
        .toFormat(spec.format ?? "jpeg")
        .toBuffer();
    };
  },

  /** The deployable bundle, against S3. */
  handler: () => {
    const { handler } = createRequire(__filename)(process.env.HANDLER_BUNDLE ?? "") as { handler: Handler };
    return Promise.resolve((_original, { key, spec }) => invoke(handler, key, spec).then(() => undefined));
  },

  /** The same handler with a store in memory: its cost without S3. */
  "handler-memory": async () => {
    const { createHandler } = await import("../../../functions/resizer/handler.js");
    let original: Buffer = Buffer.alloc(0);
    let variant: Buffer | undefined;
    const handler = createHandler(settings, {
      has: () => Promise.resolve(false),
      readOriginal: () => Promise.resolve({ bytes: original, etag: "etag" }),
      writeVariant: (_key: string, image: { readonly bytes: Buffer }) => {
        variant = image.bytes;
        return Promise.resolve({ written: true });
      },
    });
    return async (bytes, { key, spec }) => {
      original = bytes;
      await invoke(handler, key, spec);
      return variant;
    };
  },

  /** ipx from npm with its own encoder settings. */
  ipx: async () => {
    const { createIPX } = await import("ipx");
    let original: Buffer = Buffer.alloc(0);
    const storage = { name: "memory", getMeta: () => ({}), getData: () => new Uint8Array(original).buffer };
    const ipx = createIPX({ storage });
    return async (bytes, { key, spec }) => {
      original = bytes;
      const { size, format } = specOf(spec);
      const { width, height } = size;
      const modifiers =
        width === undefined
          ? { h: String(height) }
          : height === undefined
            ? { w: String(width) }
            : { s: `${width}x${height}` };
      const { data } = await ipx(key, { ...modifiers, ...(format ? { f: format } : {}) }).process();
      return Buffer.from(data);
    };
  },

  /** A command-line tool, TOOL: a process of its own for each variant. */
  command: () => {
    const tool = process.env.TOOL ?? "";
    const folder = mkdtempSync(path.join(tmpdir(), "bench-"));
    process.on("exit", () => {
      rmSync(folder, { recursive: true, force: true });
    });
    const quality = { ...settings.quality, jpeg: TOOL_JPEG_QUALITY };
    return Promise.resolve(async (_original, { file, spec: text }) => {
      const { size, format = "jpeg" } = specOf(text);
      const output = path.join(folder, `variant.${format}`);
      const argumentsOf = tool === "vipsthumbnail" ? vipsArguments : magickArguments;
      await promisify(execFile)(tool, argumentsOf(file, size, output, format === "png" ? undefined : quality[format]));
      return readFile(output);
    });
  },
};

/** Contenders that read the original themselves: the others work on bytes that are read before the clock starts. */
const READ_THEMSELVES = ["handler", "command"];

function vipsArguments(file: string, { width, height }: Spec["size"], output: string, quality?: number): string[] {
  const isBox = width !== undefined && height !== undefined;
  // `>`, here and below: never enlarged.
  const geometry = `${width ?? ""}x${height ?? ""}${isBox ? "" : ">"}`;
  const crop = isBox ? ["--smartcrop", "centre"] : [];
  return [file, "--size", geometry, ...crop, "-o", quality === undefined ? output : `${output}[Q=${quality}]`];
}

function magickArguments(file: string, { width, height }: Spec["size"], output: string, quality?: number): string[] {
  const isBox = width !== undefined && height !== undefined;
  const geometry = isBox ? `${width}x${height}^` : `${width ?? ""}x${height ?? ""}>`;
  const crop = isBox ? ["-gravity", "center", "-extent", `${width}x${height}`] : [];
  const encoder = quality === undefined ? [] : ["-quality", String(quality)];
  return [file, "-auto-orient", "-resize", geometry, ...crop, "-strip", ...encoder, output];
}

/** Returns the CPU of this process with all its threads, and of its children that have ended. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000 + childrenCpuMs();
}

function childrenCpuMs(): number {
  try {
    // After the name in parentheses: state, ppid ...; cutime and cstime are fields 16 and 17 of the line.
    const fields = readFileSync("/proc/self/stat", "utf8").split(") ")[1]?.split(" ") ?? [];
    return (Number(fields[13]) + Number(fields[14])) * TICK_MS;
  } catch {
    return 0;
  }
}

async function serveContender() {
  const contender = process.env.CONTENDER ?? "";
  const make = await CONTENDERS[contender]?.();
  if (!make) throw new Error(`There is no contender ${contender}.`);
  return {
    answer: async (job: Job): Promise<Made> => {
      const original = READ_THEMSELVES.includes(contender) ? Buffer.alloc(0) : await readFile(job.file);
      const cpuBefore = cpuMs();
      const start = performance.now();
      const bytes = await make(original, job);
      const wallMs = performance.now() - start;
      const cpu = cpuMs() - cpuBefore;
      return { wallMs, cpuMs: cpu, peakRssMb: peakRssMb(), ...(job.keep && bytes ? { bytes } : {}) };
    },
  };
}

serveParent(serveContender());
