// A fresh process: loads what STARTER says, makes the first variant, and sends how long each took.
import http, { type ClientRequest } from "node:http";
import { createRequire } from "node:module";
import type Sharp from "sharp";
import { encode } from "../../../functions/resizer/encode";
import type { Handler } from "../../../functions/resizer/handler";
import { readSettings } from "../../../functions/resizer/settings";
import { peakRssMb, serveParent } from "../lib/child";
import { invoke, resized, specOf } from "../lib/resize";

/** Measurement of one fresh process, in milliseconds of wall time; CPU is of all threads. */
export interface Start {
  /** From the start of the process to the first line of its program: Node itself. */
  readonly nodeMs: number;
  readonly importMs: number;
  /** From then to the first variant; absent where none is made. */
  readonly firstMs?: number;
  /** Of the whole process. */
  readonly cpuMs: number;
  readonly peakRssMb: number;
  /** Of the first variant, from the starter that marks them. */
  readonly parts: readonly { readonly name: string; readonly wallMs: number; readonly cpuMs: number }[];
}

const { STARTER = "", MODULE = "", ORIGINAL = "", KEY = "", SPEC = "" } = process.env;
const load = createRequire(__filename);
const parts: Start["parts"][number][] = [];

/** Each loads its modules and returns what makes the first variant, if it makes one. */
const STARTERS: Readonly<Record<string, () => (() => Promise<unknown>) | undefined>> = {
  /** sharp alone, with the resizer's encoder settings and threads; the original is read from its file. */
  sharp: () => {
    const sharp = load("sharp") as typeof Sharp;
    sharp.concurrency(1);
    return () => {
      const image = resized(sharp(ORIGINAL), specOf(SPEC));
      return encode(image, "jpeg", readSettings(process.env)).toBuffer();
    };
  },

  /** MODULE, a file, which makes nothing. */
  module: () => {
    load(MODULE);
    return undefined;
  },

  /** The handler in MODULE, against S3. */
  handler: () => {
    const { handler } = load(MODULE) as { handler: Handler };
    return () => invoke(handler, KEY, SPEC);
  },

  /** The same with a mark wherever a part of its first variant ends. */
  parts: () => {
    const { handler } = load(MODULE) as { handler: Handler };
    return async () => {
      const mark = marker();
      onRequest((request) => {
        // Beside the GetObject, which takes longer.
        if (request.method === "HEAD") return;
        const reads = request.method === "GET";
        mark(reads ? "settings, endpoint, signature" : "decode, resize, encode");
        request.once("socket", (socket) => {
          if (!socket.connecting) return;
          socket.once("connect", () => {
            mark("connection to S3");
          });
        });
        request.once("response", (response) => {
          response.once("end", () => {
            mark(reads ? "GetObject" : "PutObject");
          });
        });
      });
      await invoke(handler, KEY, SPEC);
      mark("answer and log");
    };
  },
};

/** Returns a function that ends the part of that name, which began where the one before ended. */
function marker(): (name: string) => void {
  let [wall, cpu] = [performance.now(), process.cpuUsage()];
  return (name) => {
    const used = process.cpuUsage(cpu);
    parts.push({ name, wallMs: performance.now() - wall, cpuMs: (used.user + used.system) / 1000 });
    [wall, cpu] = [performance.now(), process.cpuUsage()];
  };
}

/** Calls back for each request as it is created: Node's own channel only publishes it once it is sent. */
function onRequest(callback: (request: ClientRequest) => void): void {
  http.request = new Proxy(http.request, {
    apply(request, self, args: Parameters<typeof http.request>) {
      const created = Reflect.apply(request, self, args);
      callback(created);
      return created;
    },
  });
}

async function start(): Promise<Start> {
  const nodeMs = performance.now();
  const make = STARTERS[STARTER]?.();
  // Lambda's runtime asks for the first request after this, so that a function's microtasks belong to its loading.
  await new Promise(setImmediate);
  const importMs = performance.now() - nodeMs;
  await make?.();
  const firstMs = performance.now() - nodeMs - importMs;
  const { user, system } = process.cpuUsage();
  const cpuMs = (user + system) / 1000;
  return { nodeMs, importMs, ...(make ? { firstMs } : {}), cpuMs, peakRssMb: peakRssMb(), parts };
}

serveParent(start().then((started) => ({ started })));
