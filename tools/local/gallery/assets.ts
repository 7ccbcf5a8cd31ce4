import { readFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

export interface Asset {
  readonly contentType: string;
  readonly body: string;
}

const PAGE = path.join(__dirname, "page");

let assets: Promise<ReadonlyMap<string, Asset>> | undefined;

/** Returns a file of the page by its path, `undefined` for any other. They are bundled when the first one is requested. */
export async function findAsset(name: string): Promise<Asset | undefined> {
  assets ??= bundle();
  return (await assets).get(name);
}

async function bundle(): Promise<ReadonlyMap<string, Asset>> {
  const read = (name: string) => readFile(path.join(PAGE, name), "utf8");
  const { outputFiles } = await build({
    entryPoints: { gallery: path.join(PAGE, "main.tsx") },
    outdir: "/",
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "utf8",
  });
  const text = (name: string) => outputFiles.find((file) => path.basename(file.path) === name)?.text ?? "";
  return new Map([
    ["/", { contentType: "text/html; charset=utf-8", body: await read("index.html") }],
    ["/icon.svg", { contentType: "image/svg+xml", body: await read("icon.svg") }],
    ["/gallery.js", { contentType: "text/javascript; charset=utf-8", body: text("gallery.js") }],
    ["/gallery.css", { contentType: "text/css; charset=utf-8", body: text("gallery.css") }],
  ]);
}
