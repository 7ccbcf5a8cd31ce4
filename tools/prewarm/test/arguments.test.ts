import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { type AllowList, formatSpec } from "../../../functions/variant-key";
import { UserError } from "@image-resizer/lib/user-error";
import { readArguments } from "../arguments";
import { chooseSpecs } from "../specs";

function says(message: string) {
  return (error: unknown) => {
    assert.ok(error instanceof UserError);
    assert.equal(error.message, message);
    return true;
  };
}

describe("the arguments of npm run prewarm", () => {
  it("need no more than a stack", () => {
    assert.deepEqual(readArguments(["--stack", "prod"]), {
      where: { stack: "prod" },
      prefix: "",
      sizes: undefined,
      formats: undefined,
      concurrency: 16,
      out: ".prewarm",
    });
  });

  it("are read as they are given", () => {
    const flags = ["--prefix", "products/", "--sizes", "640w, 320w,640w", "--formats", "avif,original"];
    assert.deepEqual(readArguments(["--local", "a.json", ...flags, "--concurrency", "256", "--out", "there"]), {
      where: { local: "a.json" },
      prefix: "products/",
      sizes: ["640w", "320w"],
      formats: ["avif", "original"],
      concurrency: 256,
      out: "there",
    });
  });

  it("may ask for help", () => {
    assert.equal(readArguments(["--help"]), undefined);
  });

  const which = "one of --stack NAME and --local FILE says which stack it is";
  const mistakes: [string[], string][] = [
    [[], which],
    [["--stack", "prod", "--local", "a.json"], which],
    [["--stak", "prod"], "Unknown option '--stak' (npm run prewarm -- --help lists the options)"],
    [["--stack", "prod", "--concurrency", "0"], '--concurrency is "0": it is a number from 1 to 256'],
    [["--stack", "prod", "--concurrency", "257"], '--concurrency is "257": it is a number from 1 to 256'],
    [["--stack", "prod", "--concurrency", "many"], '--concurrency is "many": it is a number from 1 to 256'],
    [["--stack", "prod", "--sizes", "640w,"], '--sizes is "640w,": it is names with commas between them'],
    [["--stack", "prod", "--formats", ""], '--formats is "": it is names with commas between them'],
  ];
  for (const [argv, message] of mistakes) {
    it(`refuse ${argv.join(" ") || "nothing"}`, () => {
      assert.throws(() => readArguments(argv), says(message));
    });
  }
});

describe("what is made of every original", () => {
  const prod: AllowList = { sizes: ["320w", "360x270"], formats: ["avif", "webp"], maxDimension: 4096 };
  const any: AllowList = { sizes: "any", formats: [], maxDimension: 1000 };
  const specs = (...[allowList, sizes, formats]: Parameters<typeof chooseSpecs>) =>
    chooseSpecs(allowList, sizes, formats).map(formatSpec);

  it("is each size in the original's and each format of the stack", () => {
    const all = ["320w", "320w.avif", "320w.webp", "360x270", "360x270.avif", "360x270.webp"];
    assert.deepEqual(specs(prod, undefined, undefined), all);
  });

  it("is narrowed by size and by format", () => {
    assert.deepEqual(specs(prod, ["360x270"], undefined), ["360x270", "360x270.avif", "360x270.webp"]);
    assert.deepEqual(specs(prod, ["320w"], ["avif", "original"]), ["320w.avif", "320w"]);
  });

  it("is what is named where the stack makes every size", () => {
    assert.deepEqual(specs(any, ["999w"], undefined), ["999w"]);
  });

  const mistakes: [AllowList, string[] | undefined, string[] | undefined, string][] = [
    [prod, ["641w"], undefined, '--sizes: the stack does not make "641w", but 320w, 360x270'],
    [prod, ["320w.avif"], undefined, '--sizes: the stack does not make "320w.avif", but 320w, 360x270'],
    [prod, undefined, ["gif"], '--formats: the stack does not make "gif", but original, avif, webp'],
    [prod, undefined, ["jpeg"], '--formats: the stack does not make "jpeg", but original, avif, webp'],
    [any, undefined, undefined, "the stack makes every size: name those to be made with --sizes"],
    [
      any,
      ["1001w"],
      undefined,
      '--sizes: the stack does not make "1001w", but such as 360x270, 640w and 480h up to 1000 pixels a side',
    ],
  ];
  for (const [allowList, sizes, formats, message] of mistakes) {
    it(`is not ${(sizes ?? formats ?? ["all of any"]).join()}`, () => {
      assert.throws(() => chooseSpecs(allowList, sizes, formats), says(message));
    });
  }
});
