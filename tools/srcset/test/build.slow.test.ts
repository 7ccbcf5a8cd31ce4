import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, it } from "mocha";
import ts from "typescript";
import { ROOT } from "@image-resizer/lib/root";
import { buildPackage, measure } from "../build";
import * as nextSource from "../next";
import * as nuxtSource from "../nuxt";
import * as source from "../srcset";
import * as unpicSource from "../unpic";

const NAME = "@image-resizer/srcset";
const OUTPUTS = {
  cdnUrl: "https://cdn",
  allowList: { sizes: ["320w", "640w"], formats: ["webp"], maxDimension: 1000 },
};
/** gzip's result differs by some bytes between versions of zlib, and so of Node. */
const GZIP_TOLERANCE_BYTES = 30;

describe("the built package", () => {
  let project: string;
  let folder: string;
  before(async () => {
    project = mkdtempSync(path.join(tmpdir(), "srcset-"));
    folder = path.join(project, "node_modules", NAME);
    await buildPackage(folder);
    for (const name of ["@nuxt", "unpic"]) {
      symlinkSync(path.join(ROOT, "node_modules", name), path.join(project, "node_modules", name));
    }
    writeFileSync(path.join(project, "image-resizer.json"), JSON.stringify(OUTPUTS));
  });
  after(() => {
    rmSync(project, { recursive: true });
  });

  /** Compiles modules of the project, and returns the file and the code of each error. */
  function errors(modules: Record<string, readonly string[]>, options: ts.CompilerOptions): [string, number][] {
    const files = Object.entries(modules).map(([name, lines]) => {
      const file = path.join(project, name);
      writeFileSync(file, lines.join("\n"));
      return file;
    });
    const nodeNext = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
    const strict = { strict: true, exactOptionalPropertyTypes: true, resolveJsonModule: true };
    const program = ts.createProgram(files, { ...nodeNext, ...strict, noEmit: true, types: [], ...options });
    return ts
      .getPreEmitDiagnostics(program)
      .map(({ file, code }) => [path.basename(file?.fileName ?? ""), code] as [string, number])
      .sort();
  }

  it("is what npm publishes: code and types, without a dependency", () => {
    const packed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: folder });
    const [{ files }] = JSON.parse(packed.toString()) as [{ files: { path: string }[] }];
    const modules = ["next", "nuxt", "srcset", "unpic"].flatMap((name) => [`${name}.d.ts`, `${name}.js`]);
    assert.deepEqual(
      files.map((file) => file.path).sort(),
      ["LICENSE", "README.md", "package.json", ...modules].sort(),
    );
    const manifest = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8")) as Record<string, unknown>;
    assert.deepEqual(
      [manifest.name, manifest.type, manifest.private, manifest.dependencies, manifest.sideEffects],
      [NAME, "module", undefined, undefined, false],
    );
    assert.doesNotMatch(readFileSync(path.join(folder, "srcset.js"), "utf8"), /\b(?:import|require)\b/);
  });

  it("does the same as the source, imported by its names", async () => {
    const main = path.join(project, "main.mjs");
    const names = [NAME, ...["next", "nuxt", "unpic"].map((name) => `${NAME}/${name}`)];
    writeFileSync(main, names.map((name, index) => `export * as module${index} from "${name}";`).join("\n"));
    const built = (await import(pathToFileURL(main).href)) as {
      module0: typeof source;
      module1: typeof nextSource;
      module2: typeof nuxtSource;
      module3: typeof unpicSource;
    };
    const sources = [source, nextSource, nuxtSource, unpicSource];
    const exported = (modules: readonly object[]) => modules.map((module) => Object.keys(module).sort());
    assert.deepEqual(exported([built.module0, built.module1, built.module2, built.module3]), exported(sources));

    const options = { sizes: ["320w", "640w"], layout: "50vw", alt: "", original: { width: 500, height: 400 } };
    const shown = source.picture(OUTPUTS, "ö/a b.jpg", options);
    assert.deepEqual(built.module0.picture(OUTPUTS, "ö/a b.jpg", options), shown);
    assert.throws(() => built.module0.variantUrl(OUTPUTS, "a.jpg", "641w"), /: allowed are 320w and 640w$/);
    const urls = [
      built.module1.nextLoader(OUTPUTS)({ src: "a.jpg", width: 400 }),
      built.module2.nuxtProvider(OUTPUTS).getImage("/a.jpg", { modifiers: { width: 400 } }).url,
      built.module3.unpicTransformer(OUTPUTS)("/a.jpg", { width: 400 }),
    ];
    assert.deepEqual(urls, Array(3).fill("https://cdn/640w/a.jpg"));
  });

  it("has types for a project in ESM that imports the outputs, and no others than its own", () => {
    const names = "type Cdn, type Dimensions, type Format, nearestWidth, picture, type Picture, type PictureOptions";
    const use = [
      `import { ${names}, srcset, variantUrl } from "${NAME}";`,
      `import outputs from "./image-resizer.json" with { type: "json" };`,
      `import { nextLoader } from "${NAME}/next";`,
      `import { nuxtProvider } from "${NAME}/nuxt";`,
      `import { unpicTransformer } from "${NAME}/unpic";`,
      `const format: Format = "avif";`,
      `const original: Dimensions = { width: 64, height: 48 };`,
      `const options: PictureOptions = { sizes: ["64w"], layout: "50vw", alt: "", formats: [format], original };`,
      `const shown: Picture = picture(outputs, "a.jpg", options);`,
      `const cdn: Cdn = { cdnUrl: "https://cdn", allowList: { sizes: "any", formats: [], maxDimension: 100 } };`,
      `const texts: string[] = [shown.img.src, srcset(cdn, "a", ["64w"], 9), variantUrl(cdn, "a", nearestWidth(cdn, 64))];`,
      `const urls: string[] = [nextLoader(outputs)({ src: "a", width: 1 }), unpicTransformer(outputs)("a", { width: 1 })];`,
      `export const all = [...texts, ...urls, nuxtProvider(outputs).getImage("a", { modifiers: {} }).url];`,
    ];
    const modules = {
      "good.mts": use,
      "wrong-value.mts": [...use, `export const gif: Format = "gif";`],
      "not-exported.mts": [`import { parseSpec } from "${NAME}";`, "parseSpec;"],
      "not-a-module.mts": [`import "${NAME}/nearest-variant";`],
    };
    assert.deepEqual(errors(modules, { skipDefaultLibCheck: true }), [
      ["not-a-module.mts", 2882],
      ["not-exported.mts", 2459],
      ["wrong-value.mts", 2322],
    ]);
  });

  it("has adapters of the types that Nuxt Image and unpic publish", () => {
    const nuxt = [
      `import { defineProvider } from "@nuxt/image/runtime";`,
      `import type { ImageProvider, ProviderGetImage } from "@nuxt/image";`,
      `import { nuxtProvider } from "${NAME}/nuxt";`,
      `import outputs from "./image-resizer.json" with { type: "json" };`,
      `export const provider: ImageProvider<unknown> = nuxtProvider(outputs);`,
      `export const getImage: ProviderGetImage = provider.getImage;`,
      `export default defineProvider(nuxtProvider(outputs));`,
    ];
    const unpic = [
      `import type { Operations, TransformerFunction, URLTransformer } from "unpic";`,
      `import { unpicTransformer } from "${NAME}/unpic";`,
      `import outputs from "./image-resizer.json" with { type: "json" };`,
      `export const transformer: TransformerFunction<Operations, undefined> = unpicTransformer(outputs);`,
      `export const ofProvider: URLTransformer<"bunny"> = transformer;`,
    ];
    const modules = {
      "nuxt.mts": nuxt,
      "wrong-nuxt.mts": [...nuxt, `export const wrong: ImageProvider<unknown> = { getImage: () => "a.jpg" };`],
      "unpic.mts": unpic,
      "wrong-unpic.mts": [...unpic, `export const wrong: URLTransformer<"bunny"> = (src: string) => src;`],
    };
    // Nuxt Image's own declarations have errors: they name types of a package that it does not depend on.
    assert.deepEqual(errors(modules, { skipLibCheck: true }), [
      ["wrong-nuxt.mts", 2322],
      ["wrong-unpic.mts", 2322],
    ]);
  });

  it("has the sizes that its README names", async () => {
    const readme = readFileSync(path.join(__dirname, "../README.md"), "utf8");
    const rows = [...readme.matchAll(/^\| `(@image-resizer\/srcset\S*)` +\| +([\d,]+) +\| +([\d,]+) +\|$/gm)];
    const bytes = (text = "") => Number(text.replaceAll(",", ""));
    const named = new Map(rows.map(([, name = "", minified, gzipped]) => [name, [bytes(minified), bytes(gzipped)]]));
    const measured = await measure(folder);
    assert.deepEqual(
      [...named].map(([name, [minified]]) => [name, minified]),
      measured.map(({ name, minifiedBytes }) => [name, minifiedBytes]),
    );
    for (const { name, gzippedBytes } of measured) {
      const [, stated = 0] = named.get(name) ?? [];
      assert.ok(Math.abs(stated - gzippedBytes) <= GZIP_TOLERANCE_BYTES, `${name}: ${gzippedBytes} bytes gzipped`);
    }
  });
});
