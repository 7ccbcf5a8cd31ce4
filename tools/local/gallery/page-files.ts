import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import path from "node:path";
import { build } from "esbuild";

export interface Asset {
  readonly contentType: string;
  readonly body: string | Buffer;
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

/** Returns headers that allow the page its own script and style, and requests to the stack, and nothing else. */
export function securityHeaders(endpoints: readonly string[]): Record<string, string> {
  const stack = [...new Set(endpoints.map((url) => new URL(url).origin))].join(" ");
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `img-src 'self' ${stack}`,
    `connect-src 'self' ${stack}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ];
  return {
    "content-security-policy": policy.join("; "),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
  };
}

/** Detects a request of another site: by a host name that only points here, or a change from another origin. */
export function isForeign({ method, headers }: IncomingMessage): boolean {
  // The port may be that of a tunnel.
  if (!/^(localhost|127\.0\.0\.1)(:\d+)?$/.test(headers.host ?? "")) return true;
  if (method === "GET" || method === "HEAD") return false;
  return headers.origin !== undefined && headers.origin !== `http://${headers.host ?? ""}`;
}
