import assert from "node:assert/strict";
import fc from "fast-check";
import sharp from "sharp";
import { listSpecs, parseSpec, variantKey } from "../../../../../functions/variant-key";
import { ORIGINALS, rawQueryStrings } from "./keys";
import { quietly } from "../../../../../test/support/quietly";
import { ask, errorCode, type ResizerBench } from "./resizer-bench";

/** Number of keys by status, and of variants in the bucket. */
export interface FuzzResult {
  readonly statuses: ReadonlyMap<string, number>;
  readonly variants: number;
  readonly mostVariants: number;
  readonly s3Calls: number;
}

const ALLOWED_STATUSES = [301, 400, 404];

/**
 * Puts the originals into the bench's bucket, and sends `runs` raw query strings to its handler. The effects of each one
 * are checked; the first that has another effect than it may ends the run.
 * @throws the failure, with the shortest query string that shows it, the seed and the path to repeat it
 */
export async function fuzzKeys(bench: ResizerBench, seed: number, runs: number): Promise<FuzzResult> {
  const pixel = await sharp({ create: { width: 8, height: 6, channels: 3, background: "teal" } })
    .png()
    .toBuffer();
  for (const key of ORIGINALS) await bench.put(key, pixel);
  const { sizes, formats } = bench.settings.allowList;
  assert.ok(sizes !== "any");
  const specs = listSpecs({ sizes, formats });
  const reachable = new Set(ORIGINALS.flatMap((original) => specs.map((text) => variantOf(original, text))));

  const statuses = new Map<string, number>();
  let s3Calls = 0;
  // As the function sends them: a read that is dropped may end, at S3, during the next request.
  const calls: string[] = [];
  bench.asRole.middlewareStack.add(
    (next, { commandName = "" }) =>
      (args) => {
        calls.push(`${commandName.replace(/Command$/, "")} ${(args.input as { Key: string }).Key}`);
        return next(args);
      },
    { name: "recordCalls", override: true },
  );
  await quietly(() =>
    fc.assert(
      fc.asyncProperty(rawQueryStrings, async (rawQueryString) => {
        calls.length = 0;
        const answer = await ask(bench.handler, rawQueryString);
        s3Calls += calls.length;
        const status = `${answer.statusCode ?? 0} ${errorCode(answer) ?? ""}`.trim();
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        assert.ok(ALLOWED_STATUSES.includes(Number(answer.statusCode)), status);
        for (const value of Object.values(answer.headers ?? {})) assert.match(String(value), /^[\x20-\x7e]*$/);
        if (answer.statusCode === 301) checkRedirect(String(answer.headers?.location));
        else if (errorCode(answer) === "original-not-found") checkReads(calls);
        else assert.deepEqual(calls, [], "a rejected key reached S3");
      }),
      { seed, numRuns: runs },
    ),
  );

  const keys = await bench.keys();
  const variants = keys.filter((key) => !(ORIGINALS as readonly string[]).includes(key));
  for (const key of variants) assert.ok(reachable.has(key), `${JSON.stringify(key)} is not a variant of an original`);
  const mostVariants = ORIGINALS.length * sizes.length * (1 + formats.length);
  assert.ok(variants.length <= mostVariants);
  return { statuses, variants: variants.length, mostVariants, s3Calls };

  /** Asserts that the redirect names the variant that was created or found, on the CDN. */
  function checkRedirect(location: string): void {
    const url = new URL(location);
    assert.equal(url.href, location);
    assert.equal(url.origin, bench.settings.cdnUrl);
    assert.equal(url.search + url.hash, "");
    const key = decodeURIComponent(url.pathname.slice(1));
    const segments = key.split("/");
    const [spec = ""] = segments.splice(-2, 1);
    const original = segments.join("/");
    assert.ok(specs.includes(spec), `${spec} is not listed`);
    assert.equal(variantOf(original, spec), key);
    const reads = calls.filter((call) => !call.startsWith("PutObject"));
    assert.deepEqual(reads.slice(-2), [`GetObject ${original}`, `HeadObject ${key}`]);
    checkReads(reads);
    const writes = calls.slice(reads.length);
    if (writes.length > 0) assert.deepEqual(writes, [`PutObject ${key}`]);
  }

  /**
   * Asserts at most one read of an original and one of a variant for each of the two ways to decode a query, and one of the
   * original's other form in Unicode where it is missing.
   */
  function checkReads(reads: readonly string[]): void {
    const operations = reads.map((read) => read.split(" ", 1).join());
    assert.match(operations.join(" "), /^(GetObject( HeadObject){1,2} ?){1,2}$/);
  }
}

function variantOf(original: string, specText: string): string {
  const spec = parseSpec(specText);
  assert.ok(spec);
  return variantKey(original, spec);
}
