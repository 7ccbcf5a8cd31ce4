// npx tsx bench/delivery.ts PHOTOGRAPH...
//
// What a miss and a hit cost a viewer in each delivery, on the local stack: requests, bytes on the wire, time. Each
// photograph is asked for as AVIF, WebP and JPEG at 640w, and then again, by one connection that stays open.
import { cp, mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { startLocalStack } from "../local/stack";
import { DELIVERIES } from "../functions/resizer/settings";

const ACCEPTS = ["image/avif,image/webp,*/*;q=0.8", "image/webp,*/*;q=0.8", "*/*"];

interface Cost {
  readonly requests: number;
  readonly bytes: number;
  readonly ms: number;
}

/** What a viewer spends until it has the picture, redirects included; bytes are those that it is sent. */
async function view(url: string, accept: string, agent: http.Agent): Promise<Cost> {
  const started = performance.now();
  let [requests, bytes] = [0, 0];
  for (let next: string | undefined = url; next !== undefined;) {
    const target: string = next;
    next = await new Promise<string | undefined>((resolve, reject) => {
      const request = http.get(target, { agent, headers: { accept } }, (response) => {
        const { location } = response.headers;
        // The status line and the headers as they come over HTTP/1.1.
        bytes += response.rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text) + 2, 17);
        response.on("data", (chunk: Buffer) => (bytes += chunk.length));
        response.once("error", reject);
        response.once("end", () => {
          if ((response.statusCode ?? 500) >= 400) reject(new Error(`${target}: ${String(response.statusCode)}`));
          else resolve(location === undefined ? undefined : new URL(location, target).href);
        });
      });
      request.once("error", reject);
    });
    requests++;
  }
  return { requests, bytes, ms: performance.now() - started };
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

function row(delivery: string, what: string, costs: readonly Cost[]): string {
  const of = (key: keyof Cost, digits = 0) => median(costs.map((cost) => cost[key])).toFixed(digits);
  return [delivery, what, of("requests"), of("bytes"), of("ms", 1)].join("\t");
}

async function main(): Promise<void> {
  const images = await mkdtemp(path.join(tmpdir(), "bench-delivery-"));
  const photographs = process.argv.slice(2);
  for (const file of photographs) await cp(file, path.join(images, path.basename(file)));
  console.log(`${photographs.length} photographs in ${ACCEPTS.length} formats at 640w, medians`);
  console.log("delivery\twhat\trequests\tbytes\tms");
  for (const delivery of DELIVERIES) {
    const config = { delivery, throttleRateLimit: 1000, throttleBurstLimit: 1000 };
    const stack = await startLocalStack({ stack: "prod", config, port: 0, images });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    try {
      const urls = photographs.map((file) => `${stack.endpoints.cdn}/640w/${encodeURIComponent(path.basename(file))}`);
      const all = urls.flatMap((url) => ACCEPTS.map((accept) => ({ url, accept })));
      for (const what of ["miss", "hit"]) {
        const costs: Cost[] = [];
        for (const { url, accept } of all) costs.push(await view(url, accept, agent));
        console.log(row(delivery, what, costs));
      }
    } finally {
      agent.destroy();
      await stack.close();
    }
  }
  await rm(images, { recursive: true });
}

void main();
