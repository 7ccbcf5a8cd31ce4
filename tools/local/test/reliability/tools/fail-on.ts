// `npx tsx tools/local/test/reliability/tools/fail-on.ts`: compares the levels of sharp's `failOn` on damaged images, and
// on sound ones that break a standard.
import { defineCommand, runCommand } from "@image-resizer/lib/cli";
import fc from "fast-check";
import sharp from "sharp";
import { FORMATS } from "../../../../../functions/variant-key";
import { quarters } from "../support/images";
import { oddImages } from "../support/odd-images";

const LEVELS = ["truncated", "error", "warning"] as const;
type Level = (typeof LEVELS)[number];

/** An image is visibly damaged where more than this share of its values differs by more than this much. */
const SHARE = 0.02;
const OFF = 32;

const command = defineCommand({
  name: "npx tsx tools/local/test/reliability/tools/fail-on.ts",
  summary: "Compares the levels of sharp's failOn on damaged images.",
  options: {
    seed: { type: "integer", min: 1, max: 2 ** 31 - 1, default: 1, description: "Seed of the damage." },
    runs: { type: "integer", min: 1, max: 1e6, default: 500, description: "Damaged images of each format." },
  },
  run: async ({ seed, runs }) => {
    printRow(`${runs} damaged`, "level", "rejected", "visibly damaged image", "image");
    printRow("---", "---", "---", "---", "---");
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
        printRow(format, level, count("rejected"), count("damaged"), count("whole"));
      }
    }
    console.log();
    printRow("sound, against a standard", ...LEVELS);
    printRow("---", "---", "---", "---");
    for (const [what, bytes] of Object.entries(await oddImages())) {
      const accept = (level: Level) =>
        pixels(bytes, level).then(
          () => "accepted",
          () => "rejected",
        );
      printRow(what, ...(await Promise.all(LEVELS.map(accept))));
    }
    return 0;
  },
});

function printRow(...cells: readonly (string | number)[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

async function outcome(bytes: Buffer, failOn: Level, expected: Buffer): Promise<string> {
  try {
    const made = await pixels(bytes, failOn);
    const off = made.reduce((sum, value, index) => sum + (Math.abs(value - (expected[index] ?? 0)) > OFF ? 1 : 0), 0);
    return made.length !== expected.length || off > SHARE * made.length ? "damaged" : "whole";
  } catch {
    return "rejected";
  }
}

function pixels(bytes: Buffer, failOn: Level): Promise<Buffer> {
  return sharp(bytes, { failOn, limitInputPixels: 50_000_000 }).toColourspace("srgb").removeAlpha().raw().toBuffer();
}

runCommand(command);
