import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, it } from "mocha";
import ts from "typescript";
import { buildPackage } from "../build";
import * as source from "../srcset";

const CDN: source.Cdn = { url: "https://cdn", sizes: ["320w", "640w"], formats: ["webp"], maxDimension: 1000 };

describe("the built package", () => {
  let project: string;
  let folder: string;
  before(async () => {
    project = mkdtempSync(path.join(tmpdir(), "srcset-"));
    folder = path.join(project, "node_modules/@image-resizer/srcset");
    await buildPackage(folder);
  });
  after(() => {
    rmSync(project, { recursive: true });
  });

  it("is one file of code, without imports, that does the same as the source", async () => {
    assert.deepEqual(readdirSync(folder).sort(), ["LICENSE", "README.md", "package.json", "srcset.d.ts", "srcset.js"]);
    const file = path.join(folder, "srcset.js");
    const code = readFileSync(file, "utf8");
    assert.doesNotMatch(code, /\b(?:import|require)\b/);
    const built = (await import(pathToFileURL(file).href)) as typeof source;
    assert.deepEqual(Object.keys(built).sort(), Object.keys(source).sort());
    const options = { sizes: ["320w", "640w"], layout: "50vw", alt: "" };
    assert.deepEqual(built.picture(CDN, "ö/a b.jpg", options), source.picture(CDN, "ö/a b.jpg", options));
    assert.throws(() => built.variantUrl(CDN, "a.jpg", "641w"), /The size 641w/);
  });

  it("has types for a project in ESM, and no others than its own", () => {
    const names =
      "type AllowList, type Cdn, type Format, picture, type Picture, type PictureOptions, srcset, variantUrl";
    const use = [
      `import { ${names} } from "@image-resizer/srcset";`,
      `const format: Format = "avif";`,
      `const allowList: AllowList = { sizes: "any", formats: [format], maxDimension: 100 };`,
      `const cdn: Cdn = { url: "https://cdn", ...allowList };`,
      `const options: PictureOptions = { sizes: ["64w"], layout: "50vw", alt: "" };`,
      `const shown: Picture = picture(cdn, "a.jpg", options);`,
      `export const texts: string[] = [shown.img.src, srcset(cdn, "a.jpg", ["64w"]), variantUrl("https://cdn", "a.jpg", "64w")];`,
    ];
    const consumers = {
      "good.mts": use,
      "wrong-value.mts": [...use, `export const gif: Format = "gif";`],
      "not-exported.mts": [`import { parseSpec } from "@image-resizer/srcset";`, "parseSpec;"],
    };
    for (const [name, lines] of Object.entries(consumers)) writeFileSync(path.join(project, name), lines.join("\n"));
    const nodeNext = { module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext };
    const files = Object.keys(consumers).map((name) => path.join(project, name));
    const program = ts.createProgram(files, { ...nodeNext, strict: true, noEmit: true, types: [] });
    assert.deepEqual(
      ts.getPreEmitDiagnostics(program).map(({ file, code }) => [path.basename(file?.fileName ?? ""), code]),
      [
        ["not-exported.mts", 2459],
        ["wrong-value.mts", 2322],
      ],
    );
  });
});
