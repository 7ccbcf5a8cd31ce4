import assert from "node:assert/strict";
import type { Bucket } from "../../../functions/purge/bucket";
import { createHandler } from "../../../functions/purge/handler";
import { quietly } from "../../support/quietly";
import { changed } from "./support";

const allowList = { sizes: ["640w", "1280w"], formats: [], maxDimension: 4096 };
const metrics = { namespace: "image-resizer", stack: "dev" };

/** A bucket whose every variant is stale. */
class StaleBucket implements Bucket {
  readonly asked: string[] = [];
  etagOf = () => Promise.resolve("new");
  originalEtagOf = (variant: string) => {
    this.asked.push(variant);
    return Promise.resolve("old");
  };
  delete = () => Promise.resolve();
}

/** An error of CloudFront's. */
function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

async function purge(error: Error, keys: readonly string[], bucket = new StaleBucket()) {
  const told: string[] = [];
  const invalidate = (variants: readonly string[]) => {
    if (variants.some((key) => key.includes("hopeless"))) return Promise.reject(error);
    told.push(...variants);
    return Promise.resolve();
  };
  const handler = createHandler({ allowList, metrics }, bucket, { invalidate });
  const { result, lines } = await quietly(() => handler({ Records: keys.map((key) => changed(key)) }));
  return { told, failed: result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), lines };
}

describe("a change that cannot be handled", () => {
  it("fails alone where CloudFront rejects its paths, and is counted", async () => {
    const { told, failed, lines } = await purge(named("InvalidArgument"), ["a.jpg", "hopeless.jpg", "b.jpg"]);
    assert.deepEqual(told, ["640w/a.jpg", "1280w/a.jpg", "640w/b.jpg", "1280w/b.jpg"]);
    assert.deepEqual(failed, ["m:hopeless.jpg"]);
    const [line] = lines.filter((it) => "PurgeFailures" in it);
    assert.deepEqual([line?.Stack, line?.PurgeFailures], ["dev", 1]);
  });

  it("returns the whole batch where CloudFront is busy: each alone would keep it busier", async () => {
    const { told, failed } = await purge(named("TooManyInvalidationsInProgress"), ["a.jpg", "hopeless.jpg"]);
    assert.deepEqual([told, failed], [[], ["m:a.jpg", "m:hopeless.jpg"]]);
  });

  it("is none where an original's key is too long for a variant: S3 has no such variant", async () => {
    const bucket = new StaleBucket();
    const key = (bytes: number) => `${"a".repeat(bytes - 4)}.jpg`;
    const { told, failed } = await purge(named("not thrown"), [key(1019), key(1024)], bucket);
    assert.deepEqual([told, failed], [[`640w/${key(1019)}`], []]);
    assert.deepEqual(bucket.asked, [`640w/${key(1019)}`]);
  });
});
