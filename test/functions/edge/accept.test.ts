import assert from "node:assert/strict";
import { MAX_ACCEPT_LENGTH, negotiate } from "../../../functions/edge/accept";
import type { Format } from "../../../functions/variant-key";

const BOTH: readonly Format[] = ["avif", "webp"];

describe("negotiate", () => {
  const cases: readonly [accept: string | undefined, format: Format | undefined, why: string][] = [
    [undefined, undefined, "no header says nothing"],
    ["", undefined, "an empty one, too"],
    ["image/avif,image/webp,*/*;q=0.8", "avif", "the first of the stack's formats where the weights are equal"],
    ["image/webp,image/avif", "avif", "in whatever order the header names them"],
    ["image/webp", "webp", "what is named"],
    ["*/*", undefined, "a wildcard opts in to nothing"],
    ["image/*", undefined, "of either kind"],
    ["image/avif;q=0,image/webp", "webp", "q=0 refuses"],
    ["image/avif;q=0.000, image/webp;q=0", undefined, "however it is written"],
    ["image/avif;q=0.5,image/webp;q=0.6", "webp", "the greater weight wins"],
    ["image/avif;q=1.000,image/webp;q=0.9", "avif", "with all its digits"],
    ["image/avif;q=0.5,image/jpeg", undefined, "the original's format, where the client likes it better"],
    ["image/avif;q=0.5,image/*", undefined, "by a wildcard, too"],
    ["image/avif;q=0.5,*/*;q=0.6", undefined, "of either kind"],
    ["image/avif;q=0.5,image/*;q=0.4,*/*", "avif", "the narrower of which counts"],
    ["IMAGE/AVIF ; Q=0.9", "avif", "in any case, with white space"],
    ["image/avif\t;\tq=0.9 , image/webp;q=0.1", "avif", "tabs included"],
    ["image/avif;q=2", undefined, "a weight beyond 1 is none"],
    ["image/avif;q=", undefined, "nor is an empty one"],
    ["image/avif;q=0.1234,image/webp", "webp", "nor one of four digits"],
    ["image/avif;v=1", undefined, "a range with a parameter of its own is another type"],
    ["image/avif;v=1;q=1,image/webp", "webp", "whatever its weight"],
    ['text/x;p="image/avif,image/webp,"', undefined, "what stands between quotes is no range"],
    ['text/x;p="\\",image/webp,"', undefined, "nor what stands behind an escaped quote"],
    ['image/webp,text/x;p="image/avif', "webp", "nor what stands behind a quote that does not end"],
    ['image/webp,text/x;p="\\"\\"\\', "webp", "however it ends"],
    ["image/webp;q=0,image/webp", undefined, "a refusal stays one where the type is named again"],
    ["application/avif,imageavif,avif", undefined, "other types are other types"],
    [",, image/webp ,", "webp", "empty elements count for nothing"],
  ];
  for (const [accept, format, why] of cases) {
    it(`chooses ${String(format)} for ${String(accept)}: ${why}`, () => {
      assert.equal(negotiate(accept, BOTH, "jpeg"), format);
    });
  }

  it("reads a header as long as any browser's, and none that is longer", () => {
    const padded = (length: number) => `image/webp,${"x".repeat(length - "image/webp,".length)}`;
    assert.equal(negotiate(padded(MAX_ACCEPT_LENGTH), BOTH, "jpeg"), "webp");
    assert.equal(negotiate(padded(MAX_ACCEPT_LENGTH + 1), BOTH, "jpeg"), undefined);
  });

  it("prefers what the stack prefers", () => {
    assert.equal(negotiate("image/avif,image/webp", ["webp", "avif"], "jpeg"), "webp");
    assert.equal(negotiate("image/avif,image/webp", ["webp"], "jpeg"), "webp");
    assert.equal(negotiate("image/avif,image/webp", [], "jpeg"), undefined);
  });

  it("leaves an original alone that is in the chosen format already", () => {
    assert.equal(negotiate("image/avif,image/webp", BOTH, "avif"), undefined);
    assert.equal(negotiate("image/webp", BOTH, "webp"), undefined);
    assert.equal(negotiate("image/avif,image/webp", BOTH, "webp"), "avif");
  });

  it("accepts an original whose name promises nothing for any image", () => {
    assert.equal(negotiate("image/webp,image/*;q=0.5", BOTH, undefined), "webp");
    assert.equal(negotiate("image/webp;q=0.4,image/*;q=0.5", BOTH, undefined), undefined);
  });
});
