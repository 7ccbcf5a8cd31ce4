// `npm run bench`, `bench:cold`, `bench:formats`, `bench:load` and `cost`: the first argument is the bench.
// What takes time to load is loaded when one runs.
import { createRequire } from "node:module";
import path from "node:path";
import { type Command, type Option, type Options, runCommand } from "@image-resizer/lib/cli";
import { ROOT } from "@image-resizer/lib/root";
import { parseSpec } from "../../functions/variant-key";
import { MODEL_DAYS } from "./cost/closed-form";
import { defineBench } from "./lib/define-bench";

const loadModule = createRequire(__filename);

const IMAGES = {
  type: "string",
  placeholder: "DIR",
  description: "folder of originals; without it the local stack's sample images",
} as const satisfies Option;

/** Results that docs/benchmarks.md has. */
export const RESULTS = path.join(ROOT, "tools/bench/results");

export const resize = defineBench({
  kind: "resize",
  name: "npm run bench",
  summary: "Measures the resizer beside sharp alone, ipx, vipsthumbnail and ImageMagick.",
  options: {
    images: IMAGES,
    sizes: {
      type: "list",
      placeholder: "SIZES",
      default: ["360x270", "640w", "1280w", "640w.webp", "640w.avif"],
      validate: (specs: readonly string[]) =>
        specs.every((spec) => parseSpec(spec)) ? undefined : "such as 360x270,640w,480h,640w.webp",
      description: "sizes, with a format or without",
    },
    passes: { type: "integer", min: 5, max: 1000, default: 5, description: "counted passes" },
  },
  load: () => loadModule("./resize/run") as typeof import("./resize/run"),
});

export const cold = defineBench({
  kind: "cold",
  name: "npm run bench:cold",
  summary: "Measures how long a fresh process takes to its first variant, part by part.",
  options: {
    images: IMAGES,
    starts: { type: "integer", min: 1, max: 1000, default: 15, description: "counted starts of each process" },
  },
  load: () => loadModule("./cold/run") as typeof import("./cold/run"),
});

export const formats = defineBench({
  kind: "formats",
  name: "npm run bench:formats",
  summary: "Measures the bytes of each encoder at the similarity of sharp's own JPEG, and their price.",
  options: {
    images: IMAGES,
    sizes: {
      type: "list",
      placeholder: "SIZES",
      default: ["360x270", "640w", "1280w"],
      validate: (sizes: readonly string[]) =>
        sizes.every((size) => parseSpec(size) && !size.includes("."))
          ? undefined
          : "such as 360x270,640w,480h, without a format",
      description: "sizes without a format",
    },
  },
  load: () => loadModule("./formats/run") as typeof import("./formats/run"),
});

export const load = defineBench({
  kind: "load",
  name: "npm run bench:load",
  summary: "Measures the local stack under load in both deliveries, and a client far away.",
  options: {
    images: IMAGES,
    seconds: { type: "number", min: 0.1, max: 60, default: 1.5, description: "length of each kind of load in a round" },
    connections: { type: "integer", min: 1, max: 1000, default: 10, description: "clients at once" },
    rounds: { type: "integer", min: 1, max: 1000, default: 6, description: "counted rounds" },
    latency: {
      type: "integer",
      min: 0,
      max: 1000,
      default: 50,
      placeholder: "MS",
      description: "milliseconds added before each request of the client far away",
    },
  },
  load: () => loadModule("./load/run") as typeof import("./load/run"),
});

export const cost = defineBench({
  kind: "cost",
  name: "npm run cost",
  summary: "Calculates a month's bill of lazy resizing, of a batch, of no store, and of attacks.",
  options: {
    stack: { type: "string", default: "prod", description: "stack whose config decides" },
    images: { type: "integer", min: 1, max: 1e7, default: 300_000, description: "originals" },
    views: { type: "integer", min: 1, max: 1e10, default: 10_000_000, description: "views a month" },
    zipf: { type: "number", min: 0, max: 2, default: 0.8, description: "Zipf's exponent of the originals' popularity" },
    // CloudFront's regional edge caches (developer guide, "How CloudFront works with regional edge caches").
    caches: { type: "integer", min: 1, max: 1000, default: 13, description: "caches of the CDN" },
    cacheDays: {
      type: "integer",
      min: 1,
      max: MODEL_DAYS,
      default: 1,
      validate: (days: number) => (MODEL_DAYS % days === 0 ? undefined : `a divisor of the month's ${MODEL_DAYS} days`),
      description: "days without a request after which a cache drops a variant",
    },
    attackRate: { type: "number", min: 1, max: 1e6, default: 1000, description: "hostile requests a second" },
    measured: {
      type: "string",
      placeholder: "FILE",
      default: path.join(RESULTS, "resize.json"),
      description: "result of npm run bench -- --out FILE",
    },
  },
  load: () => loadModule("./cost/run") as typeof import("./cost/run"),
});

if (require.main === module) {
  const [name = "", ...argv] = process.argv.slice(2);
  const benches: Readonly<Record<string, unknown>> = { resize, cold, formats, load, cost };
  if (benches[name] === undefined) throw new Error(`There is no bench "${name}".`);
  runCommand(benches[name] as Command<Options>, argv);
}
