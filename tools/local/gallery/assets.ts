import { readFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";

export interface Asset {
  readonly contentType: string;
  readonly body: string;
}

const PAGE = path.join(__dirname, "page");

let script: Promise<string> | undefined;

/** The page's files by their paths; `undefined` for any other. Its script is bundled when it is first asked for. */
export async function asset(name: string): Promise<Asset | undefined> {
  if (name === "/") return { contentType: "text/html; charset=utf-8", body: await read("index.html") };
  if (name === "/gallery.css") return { contentType: "text/css; charset=utf-8", body: await read(name) };
  if (name === "/icon.svg") return { contentType: "image/svg+xml", body: await read(name) };
  if (name !== "/gallery.js") return undefined;
  script ??= bundle();
  return { contentType: "text/javascript; charset=utf-8", body: await script };
}

function read(name: string): Promise<string> {
  return readFile(path.join(PAGE, name), "utf8");
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [path.join(PAGE, "main.ts")],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2022",
    charset: "utf8",
  });
  return outputFiles[0]?.text ?? "";
}
