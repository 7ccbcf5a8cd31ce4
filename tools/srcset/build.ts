// `npm run build --workspace tools/srcset`: the package as it is published, a file of code and one of types per import.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { build, type BuildOptions } from "esbuild";
import ts from "typescript";
import { ROOT } from "@image-resizer/lib/root";

const NAME = "@image-resizer/srcset";
const MAIN = "srcset";
const ADAPTERS = ["next", "nuxt", "unpic"];
const MODULES = [MAIN, ...ADAPTERS];
const COMMON: BuildOptions = { bundle: true, format: "esm", target: "es2020", write: false, logLevel: "warning" };

/** Bytes that a page gets of an import, with all that it imports itself. */
export interface BundleSize {
  readonly name: string;
  readonly minifiedBytes: number;
  readonly gzippedBytes: number;
}

/** Writes the package into a folder. */
export async function buildPackage(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const entryPoints = MODULES.map((name) => path.join(__dirname, `${name}.ts`));
  // The adapters import the package by its name.
  await build({ ...COMMON, entryPoints, outdir: folder, external: [NAME], minifySyntax: true, write: true });
  for (const [name, text] of declarations(entryPoints)) writeFileSync(path.join(folder, `${name}.d.ts`), text);
  for (const [file, from] of Object.entries({ "README.md": __dirname, LICENSE: ROOT })) {
    copyFileSync(path.join(from, file), path.join(folder, file));
  }
  writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`);
}

/** Measures the imports of a built package, each as a page's bundler reduces it: minified, then compressed. */
export function measure(folder: string): Promise<BundleSize[]> {
  return Promise.all(
    MODULES.map(async (name) => {
      const entryPoints = [path.join(folder, `${name}.js`)];
      const { outputFiles: [bundle] = [] } = await build({ ...COMMON, entryPoints, minify: true });
      const bytes = bundle?.contents ?? new Uint8Array();
      return {
        name: name === MAIN ? NAME : `${NAME}/${name}`,
        minifiedBytes: bytes.length,
        gzippedBytes: gzipSync(bytes, { level: 9 }).length,
      };
    }),
  );
}

function manifest(): object {
  const { version, description, license } = JSON.parse(
    readFileSync(path.join(__dirname, "package.json"), "utf8"),
  ) as Record<string, string>;
  const exports = MODULES.map((name) => {
    const subpath = name === MAIN ? "." : `./${name}`;
    return [subpath, { types: `./${name}.d.ts`, default: `./${name}.js` }] as const;
  });
  const files = MODULES.flatMap((name) => [`${name}.js`, `${name}.d.ts`]);
  return {
    name: NAME,
    version,
    description,
    license,
    keywords: ["responsive-images", "srcset", "picture", "image-cdn", "next-image", "nuxt-image", "unpic"],
    ...{ type: "module", sideEffects: false, exports: Object.fromEntries(exports), files },
  };
}

/** Returns the declarations of each module: the main one's with those of what it is built from, which are not exported. */
function declarations(entryPoints: readonly string[]): Map<string, string> {
  const program = ts.createProgram(entryPoints, {
    declaration: true,
    emitDeclarationOnly: true,
    strict: true,
    types: [],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  });
  const texts = new Map<string, string>();
  program.emit(undefined, (file, text) => {
    const name = path.basename(file, ".d.ts");
    if (ADAPTERS.includes(name)) texts.set(name, text);
    if ([...ADAPTERS, "nearest-variant", "index"].includes(name)) return;
    const own = text.replace(/^import [^;]*;\n/gm, "").replace(/^(export type \{[^}]*\}) from [^;]*;/gm, "$1;");
    texts.set(MAIN, (texts.get(MAIN) ?? "") + (name === MAIN ? own : own.replace(/^export /gm, "")));
  });
  return texts;
}

if (require.main === module) {
  const folder = path.join(ROOT, "dist/srcset");
  void buildPackage(folder)
    .then(() => measure(folder))
    .then(console.table);
}
