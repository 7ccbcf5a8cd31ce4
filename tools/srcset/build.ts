// `npm run build --workspace tools/srcset`: the package as it is published, one file of code and one of types.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "esbuild";
import ts from "typescript";
import { ROOT } from "@image-resizer/lib/root";

const SOURCE = path.join(__dirname, "srcset.ts");

/** Writes the package into a folder. */
export async function buildPackage(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const outfile = path.join(folder, "srcset.js");
  await build({ entryPoints: [SOURCE], outfile, bundle: true, format: "esm", target: "es2020", minifySyntax: true });
  writeFileSync(path.join(folder, "srcset.d.ts"), declarations());
  for (const [file, from] of Object.entries({ "README.md": __dirname, LICENSE: ROOT })) {
    copyFileSync(path.join(from, file), path.join(folder, file));
  }
  const { name, version, description, license } = JSON.parse(
    readFileSync(path.join(__dirname, "package.json"), "utf8"),
  ) as Record<string, string>;
  const exports = { ".": { types: "./srcset.d.ts", default: "./srcset.js" } };
  const manifest = { name, version, description, license, type: "module", sideEffects: false, exports };
  writeFileSync(path.join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** Returns the declarations of srcset.ts and of what it imports as one module, which exports only those of srcset.ts. */
function declarations(): string {
  const program = ts.createProgram([SOURCE], {
    ...{ declaration: true, emitDeclarationOnly: true, strict: true, types: [] },
    ...{
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      target: ts.ScriptTarget.ES2022,
    },
  });
  const texts: string[] = [];
  program.emit(undefined, (file, text) => {
    if (path.basename(file) === "index.d.ts") return;
    const own = text.replace(/^import [^;]*;\n/gm, "").replace(/^(export type \{[^}]*\}) from [^;]*;/gm, "$1;");
    texts.push(path.basename(file) === "srcset.d.ts" ? own : own.replace(/^export /gm, ""));
  });
  return texts.join("");
}

if (require.main === module) void buildPackage(path.join(ROOT, "dist/srcset"));
