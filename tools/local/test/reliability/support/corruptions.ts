import assert from "node:assert/strict";
import fc from "fast-check";
import sharp from "sharp";
import { createHandler } from "../../../../../functions/resizer/handler";
import type { Settings } from "../../../../../functions/resizer/settings";
import type { Store } from "../../../../../functions/resizer/store";
import type { Format } from "../../../../../functions/variant-key";
import { quietly } from "../../../../../test/support/quietly";
import { quarters } from "./images";
import { ask, errorCode } from "./resizer-bench";

const WIDTH = 96;
const MOST_BYTES = 8;
/** Statuses that a damaged original may have. */
const STATUSES = ["301", "413 input-too-large", "415 not-an-image", "422 undecodable-image"];

/**
 * Requests a variant of `runs` damaged originals of one format: 1 to 8 bytes of a sound image replaced. Each must be
 * rejected without a write, or lead to one write of an image that can be decoded to its end.
 * @returns the number of originals by status
 * @throws the failure, with the fewest bytes that show it, the seed and the path to repeat it
 */
export async function corruptOriginals(
  format: Format,
  settings: Settings,
  seed: number,
  runs: number,
): Promise<ReadonlyMap<string, number>> {
  const sound = await (await quarters(WIDTH, 72)).toFormat(format, { quality: 60 }).toBuffer();
  const edit = fc.tuple(fc.nat(sound.length - 1), fc.nat(255));
  let original = sound;
  const written: Buffer[] = [];
  const store: Store = {
    has: () => Promise.resolve(false),
    readOriginal: () => Promise.resolve({ bytes: original, etag: "etag" }),
    writeVariant: (_key, { bytes }) => Promise.resolve({ written: written.push(bytes) > 0 }),
  };
  const handler = createHandler(settings, store);
  const statuses = new Map<string, number>();
  await quietly(() =>
    fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: MOST_BYTES }), async (edits) => {
        original = Buffer.from(sound);
        for (const [at, byte] of edits) original[at] = byte;
        written.length = 0;
        const answer = await ask(handler, "key=640w/a.jpg");
        const status = `${answer.statusCode ?? 0} ${errorCode(answer) ?? ""}`.trim();
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        assert.ok(STATUSES.includes(status), status);
        assert.equal(written.length, status === "301" ? 1 : 0);
        for (const variant of written) await sharp(variant, { failOn: "warning" }).stats();
      }),
      { seed, numRuns: runs },
    ),
  );
  return statuses;
}
