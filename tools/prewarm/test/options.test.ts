import assert from "node:assert/strict";
import path from "node:path";
import { describe, it } from "mocha";
import { parseCommand } from "@image-resizer/lib/cli";
import { assertReadmeHasOptions } from "@image-resizer/lib/cli-help";
import { findTarget } from "@image-resizer/lib/target";
import { UserError } from "@image-resizer/lib/user-error";
import { type AllowList, formatSpec } from "../../../functions/variant-key";
import { command } from "../main";
import { chooseSpecs } from "../variants";

describe("the options of npm run prewarm", () => {
  it("have defaults", () => {
    assert.deepEqual(parseCommand(command, ["--stack", "prod"]), {
      stack: "prod",
      local: undefined,
      prefix: "",
      sizes: undefined,
      formats: undefined,
      concurrency: 16,
      out: ".prewarm",
    });
  });

  it("are in the README", () => {
    assertReadmeHasOptions(path.join(__dirname, "../README.md"), command);
  });

  it("name one stack", async () => {
    const expected = new UserError("one of --stack NAME and --local FILE must name the stack");
    await assert.rejects(findTarget(undefined, undefined), expected);
    await assert.rejects(findTarget("prod", "a.json"), expected);
  });
});

describe("the specs of every original", () => {
  const prod: AllowList = { sizes: ["320w", "360x270"], formats: ["avif", "webp"], maxDimension: 4096 };
  const any: AllowList = { sizes: "any", formats: [], maxDimension: 1000 };
  const specs = (...[allowList, sizes, formats]: Parameters<typeof chooseSpecs>) =>
    chooseSpecs(allowList, sizes, formats).map(formatSpec);

  it("are each size in the original's and each format of the stack", () => {
    const all = ["320w", "320w.avif", "320w.webp", "360x270", "360x270.avif", "360x270.webp"];
    assert.deepEqual(specs(prod, undefined, undefined), all);
  });

  it("are those of some sizes and formats", () => {
    assert.deepEqual(specs(prod, ["360x270"], undefined), ["360x270", "360x270.avif", "360x270.webp"]);
    assert.deepEqual(specs(prod, ["320w"], ["avif", "original"]), ["320w.avif", "320w"]);
  });

  it("are named if the stack allows every size", () => {
    assert.deepEqual(specs(any, ["999w"], undefined), ["999w"]);
  });

  const ofAny = "sizes such as 360x270, 640w and 480h, up to 1000 pixels a side";
  const mistakes: [AllowList, string[] | undefined, string[] | undefined, string][] = [
    [prod, ["641w"], undefined, '--sizes has "641w": the stack allows 320w, 360x270'],
    [prod, ["320w.avif"], undefined, '--sizes has "320w.avif": the stack allows 320w, 360x270'],
    [prod, undefined, ["gif"], '--formats has "gif": the stack allows original, avif, webp'],
    [prod, undefined, ["jpeg"], '--formats has "jpeg": the stack allows original, avif, webp'],
    [any, undefined, undefined, "--sizes is missing: the stack allows every size, so name the sizes to create"],
    [any, ["1001w"], undefined, `--sizes has "1001w": the stack allows ${ofAny}`],
  ];
  for (const [allowList, sizes, formats, message] of mistakes) {
    it(`are not ${(sizes ?? formats ?? ["all of any"]).join()}`, () => {
      assert.throws(() => chooseSpecs(allowList, sizes, formats), new UserError(message));
    });
  }
});
