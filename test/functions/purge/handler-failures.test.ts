import assert from "node:assert/strict";
import { S3Bucket } from "../../../functions/purge/bucket";
import { createHandler } from "../../../functions/purge/handler";
import { quietly } from "../../support/quietly";
import { BLUE, imageOf, PurgeBench, RED } from "./purge-bench";
import { changed, message } from "./support";

describe("the purge function's handler, where something fails", () => {
  let test: PurgeBench;
  before(async () => {
    test = await PurgeBench.open();
  });
  beforeEach(() => {
    test.invalidated = [];
    test.failingCdn = undefined;
  });
  after(() => test.close());

  it("tries again what the CDN was not told of, and then names every variant: the deleted are not known any more", async () => {
    await test.put("cdn/a.jpg", await imageOf(RED));
    await test.make("cdn/640w/a.jpg");
    await test.put("cdn/a.jpg", await imageOf(BLUE));
    test.failingCdn = new Error("TooManyInvalidationsInProgress");
    const first = await test.tell(changed("cdn/a.jpg"));
    assert.deepEqual(first.failed, ["m:cdn/a.jpg"]);
    assert.equal(first.lines[0]?.message, "the CDN could not be told of stale variants");
    assert.deepEqual(await test.keysBelow("cdn/640w/"), []);

    test.failingCdn = undefined;
    assert.deepEqual((await test.tell(changed("cdn/a.jpg", 2))).failed, []);
    assert.deepEqual(test.invalidated, [
      ["200x150", "360x270", "640w", "480h"].flatMap((size) => [`cdn/${size}/a.jpg`, `cdn/${size}.webp/a.jpg`]),
    ]);
  });

  it("returns only the messages that failed", async () => {
    await test.put("part/a.jpg", await imageOf(RED));
    await test.make("part/640w/a.jpg");
    await test.put("part/a.jpg", await imageOf(BLUE));
    const { failed } = await test.tell(message("junk", "{"), changed("part/a.jpg"));
    assert.deepEqual(failed, ["junk"]);
    assert.deepEqual(test.invalidated, [["part/640w/a.jpg"]]);
  });

  it("returns a message whose variants may not be deleted", async () => {
    await test.put("deny/a.jpg", await imageOf(RED));
    await test.make("deny/640w/a.jpg");
    await test.put("deny/a.jpg", await imageOf(BLUE));
    const settings = { allowList: { sizes: ["640w"], formats: [], maxDimension: 4096 } };
    const denied = createHandler(settings, new S3Bucket(test.resizerClient, test.bucket), {
      invalidate: () => Promise.resolve(),
    });
    const { result, lines } = await quietly(() => denied({ Records: [changed("deny/a.jpg")] }));
    assert.deepEqual(result.batchItemFailures, [{ itemIdentifier: "m:deny/a.jpg" }]);
    assert.equal(
      (lines[0]?.cause as { message: string } | undefined)?.message,
      "deny/640w/a.jpg could not be deleted: AccessDenied",
    );
  });
});
