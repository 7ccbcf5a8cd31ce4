import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import sharp from "sharp";
import { type LocalStack, startLocalStack } from "../stack";
import type { Hop } from "../trace";
import { administrator, follow, pathOf, statuses } from "./support/flow";
import { freedAfterAll } from "./support/freed";
import { makeOriginals } from "./support/originals";

const UNTHROTTLED = { "resizer.rateLimit": 1000, "resizer.burstLimit": 1000 };
const KEY = "p_1/360x270/photo.jpg";

for (const [delivery, miss, parts] of [
  [
    "redirect",
    [307, 301, 200],
    [
      ["website", "cdn"],
      ["s3", "s3", "s3", "function", "api"],
      ["website", "cdn"],
    ],
  ],
  ["failover", [200], [["edge", "s3", "s3", "s3", "s3", "function", "api", "cdn"]]],
] as const) {
  describe(`the whole flow on the local stack with delivery ${delivery}`, () => {
    const hops: Hop[] = [];
    const free = freedAfterAll();
    let stack: LocalStack;
    before(async () => {
      const images = await makeOriginals();
      free(() => rm(images, { recursive: true }));
      const config = { ...UNTHROTTLED, "cdn.delivery": delivery };
      stack = await startLocalStack({ stack: "dev", config, port: 0, images });
      free(() => stack.close());
      stack.trace.listen((hop) => hops.push(hop));
    });
    const get = (key: string) => follow(stack.endpoints.cdn + pathOf(key));

    it("creates a variant at the first request, and serves it from the cache at the next", async () => {
      const answers = await get(KEY);
      assert.deepEqual(statuses(answers), miss);
      const variant = answers.at(-1);
      const { format, width, height } = await sharp(variant?.body).metadata();
      assert.deepEqual([format, width, height], ["jpeg", 360, 270]);
      const ids = [...new Set(hops.map(({ requestId }) => requestId))];
      assert.deepEqual(
        ids.map((id) =>
          hops.filter(({ requestId, part }) => requestId === id && part !== "iam").map(({ part }) => part),
        ),
        parts,
      );

      const again = await get(KEY);
      assert.deepEqual(statuses(again), [200]);
      assert.equal(again[0]?.headers["x-cache"], "Hit from cloudfront");
      assert.deepEqual(again[0].body, variant?.body);
      assert.deepEqual((await administrator(stack).get(KEY)).bytes, variant?.body);
    });

    it("serves an awkward name end to end", async () => {
      const key = "p_2/640w/50%25 off.jpg";
      assert.deepEqual(statuses(await get(key)), miss);
      assert.deepEqual(await administrator(stack).keys(key), [key]);
    });

    for (const [key, status, error] of [
      ["p_1/641w/photo.jpg", 404, "size-not-allowed"],
      ["p_1/640w/missing.jpg", 404, "original-not-found"],
      ["p_1/640w/640w/photo.jpg", 400, "malformed-key"],
    ] as const) {
      it(`rejects ${key} with ${status}, and stores nothing`, async () => {
        const writes = stack.storage.count("PutObject");
        const last = (await get(key)).at(-1);
        assert.equal(last?.status, status);
        assert.equal((JSON.parse(last.body.toString()) as { error: string }).error, error);
        assert.equal(stack.storage.count("PutObject"), writes);
      });
    }
  });
}
