// `npx tsx test/reliability/tools/fail-on.ts [--seed N --runs N]`: what sharp's `failOn` levels let through, of damaged
// pictures and of pictures that are sound and odd.
import fc from "fast-check";
import sharp from "sharp";
import { FORMATS } from "../../../../../functions/variant-key";
import { oddPictures } from "../support/odd-pictures";
import { quarters } from "../support/pictures";
import { numbers } from "./arguments";

const LEVELS = ["truncated", "error", "warning"] as const;
type Level = (typeof LEVELS)[number];

/** A picture is visibly damaged where more than this share of its values is off by more than this much. */
const SHARE = 0.02;
const OFF = 32;

async function main(): Promise<void> {
  const { seed, runs } = numbers({ seed: 1, runs: 500 });
  console.log(
    `| ${runs} damaged | level | refused | visibly damaged picture | picture |\n| --- | --- | --- | --- | --- |`,
  );
  for (const format of FORMATS) {
    const sound = await (await quarters(240, 180)).toFormat(format).toBuffer();
    const expected = await pixels(sound, "warning");
    const edits = fc.array(fc.tuple(fc.nat(sound.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    const damaged = fc.sample(edits, { seed, numRuns: runs }).map((edit) => {
      const bytes = Buffer.from(sound);
      for (const [at, byte] of edit) bytes[at] = byte;
      return bytes;
    });
    for (const level of LEVELS) {
      const outcomes = await Promise.all(damaged.map((bytes) => outcome(bytes, level, expected)));
      const count = (what: string) => outcomes.filter((each) => each === what).length;
      console.log(`| ${[format, level, count("refused"), count("damaged"), count("whole")].join(" | ")} |`);
    }
  }
  console.log("\n| sound but odd | truncated | error | warning |\n| --- | --- | --- | --- |");
  for (const [what, bytes] of Object.entries(await oddPictures())) {
    const taken = await Promise.all(
      LEVELS.map((level) =>
        pixels(bytes, level).then(
          () => "taken",
          () => "refused",
        ),
      ),
    );
    console.log(`| ${[what, ...taken].join(" | ")} |`);
  }
}

async function outcome(bytes: Buffer, failOn: Level, expected: Buffer): Promise<string> {
  try {
    const made = await pixels(bytes, failOn);
    const off = made.reduce((sum, value, index) => sum + (Math.abs(value - (expected[index] ?? 0)) > OFF ? 1 : 0), 0);
    return made.length !== expected.length || off > SHARE * made.length ? "damaged" : "whole";
  } catch {
    return "refused";
  }
}

function pixels(bytes: Buffer, failOn: Level): Promise<Buffer> {
  return sharp(bytes, { failOn, limitInputPixels: 50_000_000 }).toColourspace("srgb").removeAlpha().raw().toBuffer();
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
