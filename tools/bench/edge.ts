// npx tsx bench/edge.ts
//
// What the edge function of prod costs a request: 100,000 mixed ones through the code that is deployed, on this
// machine's Node, beside a function that does nothing.
import { createContext, Script } from "node:vm";
import { runProgram } from "@image-resizer/lib/program";

const REQUESTS = 100_000;
const ROUNDS = 5;
const ACCEPTS = [
  "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8",
  "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
  "image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5",
  "*/*",
];
/** Mostly what is served, and some of each kind that is not. */
const URIS = [
  ...["/p_%/640w/img.AZ70KuRzw9.jpg", "/produs_%/360x270/a.jpg", "/p_%/1280w/K%C3%A4se%20%26%20Br%C3%B6tchen.jpg"],
  ...["/p_%/640w.webp/a.jpg", "/p_%/a.jpg", "/p_%/641w/a.jpg", "/p_%/640w/640w/a.jpg", "/p_%//640w/a.jpg"],
];

async function codeOfProd(): Promise<string> {
  const { resources } = await runProgram({ stack: "prod" });
  return String(resources.find(({ type }) => type === "aws:cloudfront/function:Function")?.inputs.code);
}

/** Runs the function on every request and returns the time of a call in microseconds. */
function timeOf(code: string): number {
  const context = createContext({});
  new Script(code).runInContext(context);
  const handler = (context as { handler: (event: object) => unknown }).handler;
  const events = Array.from({ length: REQUESTS }, (_, index) => ({
    version: "1.0",
    context: { requestId: `request-${index}`, eventType: "viewer-request" },
    viewer: { ip: "192.0.2.1" },
    request: {
      method: "GET",
      uri: (URIS[index % URIS.length] ?? "").replace("%", String(index)),
      querystring: {},
      headers: { accept: { value: ACCEPTS[Math.floor(index / URIS.length) % ACCEPTS.length] } },
      cookies: {},
    },
  }));
  // The processor's time, which other programs on the machine do not lengthen.
  const before = process.cpuUsage();
  for (const event of events) handler(event);
  return process.cpuUsage(before).user / REQUESTS;
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

async function main(): Promise<void> {
  const code = await codeOfProd();
  const functions = { prod: code, empty: "function handler(event){return event.request}" };
  console.log(`${Buffer.byteLength(code)} bytes of code, ${REQUESTS} requests, the median of ${ROUNDS} rounds`);
  for (const [name, text] of Object.entries(functions)) {
    const times = Array.from({ length: ROUNDS }, () => timeOf(text));
    console.log(`${name}\t${median(times).toFixed(2)} µs a call`);
  }
}

void main();
