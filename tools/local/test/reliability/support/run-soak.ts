import { rm } from "node:fs/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { startLocalStack } from "../../../stack";
import { originalsFolder } from "./images";
import { type Gauges, readGauges } from "./process-gauges";
import { type Kind, putBadOriginals, traffic } from "./traffic";

const ORIGINALS = 20;
const ROWS = 12;
/** Greatest growth from the second third of a run to the last: garbage comes and goes. */
const GROWTH = 1.15;
const MEGABYTE = 1024 * 1024;

interface Tally {
  count: number;
  readonly wrong: Map<string, number>;
  readonly milliseconds: number[];
}

/** Sends the traffic, prints what came of it, and returns the exit code. */
export async function runSoak({
  seconds,
  clients,
}: {
  readonly seconds: number;
  readonly clients: number;
}): Promise<number> {
  const images = await originalsFolder(ORIGINALS);
  // A throttle that accepts everything, and variants that the CDN forgets, so that there are misses to the end.
  const config = { "resizer.rateLimit": 10_000, "resizer.burstLimit": 5000, "cdn.cacheControl": "public, max-age=5" };
  const stack = await startLocalStack({ stack: "prod", port: 0, images, config });
  const { endpoints, accessKey: credentials } = stack;
  const client = new S3Client({ endpoint: endpoints.s3, region: stack.run.region, credentials });
  try {
    await putBadOriginals(client, stack.bucket);
    const kinds = traffic(stack, client, ORIGINALS);
    const tallies = new Map(kinds.map((kind) => [kind.name, { count: 0, wrong: new Map(), milliseconds: [] }]));
    const samples = await send(kinds, tallies, seconds, clients);
    printTallies(kinds, tallies);
    const growing = grown(samples);
    const wrong = [...tallies.values()].some((tally) => tally.wrong.size > 0);
    console.log(growing.length > 0 ? `growing: ${growing.join(", ")}` : "memory and handles: flat");
    return growing.length > 0 || wrong ? 1 : 0;
  } finally {
    client.destroy();
    await stack.close();
    await rm(images, { recursive: true });
  }
}

async function send(
  kinds: readonly Kind[],
  tallies: ReadonlyMap<string, Tally>,
  seconds: number,
  clients: number,
): Promise<Gauges[]> {
  const started = performance.now();
  const passed = () => (performance.now() - started) / 1000;
  const client = async () => {
    while (passed() < seconds) await sendOne(kinds, tallies);
  };
  const samples: Gauges[] = [];
  console.log("| s | requests | stack MB | resident | handles | function MB | processes | handles |");
  console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
  const timer = setInterval(
    () => {
      const gauges = readGauges();
      samples.push(gauges);
      const requests = [...tallies.values()].reduce((total, { count }) => total + count, 0);
      const own = [megabytes(gauges.ownMemory), megabytes(gauges.ownResident), gauges.ownHandles];
      const theirs = [megabytes(gauges.functionMemory), gauges.functions, gauges.functionHandles];
      console.log(`| ${[passed().toFixed(0), requests, ...own, ...theirs].join(" | ")} |`);
    },
    (seconds * 1000) / ROWS,
  );
  await Promise.all(Array.from({ length: clients }, client));
  clearInterval(timer);
  return samples;
}

async function sendOne(kinds: readonly Kind[], tallies: ReadonlyMap<string, Tally>): Promise<void> {
  const kind = choose(kinds);
  const tally = tallies.get(kind.name);
  if (!tally) return;
  const started = performance.now();
  const outcome = await kind.send().catch((error: unknown) => String(error));
  tally.count++;
  tally.milliseconds.push(performance.now() - started);
  if (typeof outcome === "string" || !kind.statuses.includes(outcome)) {
    tally.wrong.set(String(outcome), (tally.wrong.get(String(outcome)) ?? 0) + 1);
  }
}

function choose(kinds: readonly Kind[]): Kind {
  let ticket = Math.random() * kinds.reduce((total, { weight }) => total + weight, 0);
  const found = kinds.find(({ weight }) => (ticket -= weight) < 0) ?? kinds[0];
  if (!found) throw new Error("no traffic");
  return found;
}

function printTallies(kinds: readonly Kind[], tallies: ReadonlyMap<string, Tally>): void {
  console.log(
    "\n| request | expected | count | otherwise | median ms | 99 % ms |\n| --- | --- | --- | --- | --- | --- |",
  );
  for (const { name, statuses } of kinds) {
    const { count, wrong, milliseconds } = tallies.get(name) ?? { count: 0, wrong: new Map(), milliseconds: [] };
    const sorted = [...milliseconds].sort((one, other) => one - other);
    const at = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(0);
    const expected = statuses[0] === 0 ? "disconnected" : statuses.join(" or ");
    const otherwise = [...wrong].map(([outcome, times]) => `${times} x ${outcome}`).join(", ") || "0";
    console.log(`| ${[name, expected, count, otherwise, at(0.5), at(0.99)].join(" | ")} |`);
  }
}

/** Returns the gauges whose median grew from the second third of the samples to the last. */
function grown(samples: readonly Gauges[]): string[] {
  const third = Math.floor(samples.length / 3);
  const names = ["ownMemory", "functionMemory", "ownHandles", "functionHandles"] as const;
  return names.filter((name) => {
    const values = samples.map((gauges) => gauges[name]);
    return median(values.slice(2 * third)) > GROWTH * median(values.slice(third, 2 * third));
  });
}

function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}

function megabytes(bytes: number): string {
  return (bytes / MEGABYTE).toFixed(0);
}
