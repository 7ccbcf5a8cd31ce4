import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { ListObjectsV2Command } from "@aws-sdk/client-s3";
import { type LocalStack, startLocalStack } from "../../stack";
import type { Hop } from "../../trace";
import { sdkClient } from "../s3/storage-helper";
import { Browser, type Visit } from "./support/browser";
import { originalsFolder } from "./support/originals-folder";

const VIEWERS = 200;
const ORIGINALS = 25;

describe(`${VIEWERS} viewers at once`, () => {
  let images: string;
  let stack: LocalStack;
  const hops: Hop[] = [];

  before(async () => {
    images = await originalsFolder(ORIGINALS);
  });

  after(() => rm(images, { recursive: true }));

  async function start(config: Readonly<Record<string, unknown>> = {}): Promise<void> {
    stack = await startLocalStack({ stack: "prod", port: 0, images, config });
    hops.length = 0;
    stack.trace.listen((hop) => hops.push(hop));
  }

  afterEach(() => stack.close());

  /** Every viewer has a browser of its own. */
  function visitAll(urls: readonly string[]): Promise<Visit[]> {
    return Promise.all(urls.map((url) => new Browser().visit(url)));
  }

  async function variants(): Promise<string[]> {
    const client = sdkClient(stack.endpoints.s3, stack.accessKey);
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: stack.bucket }));
    client.destroy();
    return Contents.map(({ Key }) => String(Key)).filter((key) => key.split("/").length === 3);
  }

  /** Function processes that were started for requests, beside the one that waits for the first. */
  function coldStarts(): number {
    return hops.filter(({ part, detail }) => part === "function" && detail === "cold start").length;
  }

  function count(visits: readonly Visit[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status } of visits) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }

  it("get the same picture, which is written once, where all ask for one that is missing", async () => {
    await start();
    const url = `${stack.endpoints.cdn}/p/640w/0.jpg`;
    const visits = await visitAll(Array.from({ length: VIEWERS }, () => url));
    assert.deepEqual(count(visits), { 200: VIEWERS });
    for (const { body, hops: way } of visits) {
      assert.ok(way.length <= 3, way.join(", "));
      assert.deepEqual(body, visits[0]?.body);
    }
    const written = hops.filter(({ what, status }) => what === "PutObject p/640w/0.jpg" && status === 200);
    assert.equal(written.length, 1);
    assert.deepEqual(await variants(), ["p/640w/0.jpg"]);
    assert.ok(coldStarts() < availableParallelism());
  });

  it("get a picture each where each asks for another that is missing", async () => {
    await start();
    const sizes = stack.run.outputs.sizes as string[];
    const keys = Array.from(
      { length: VIEWERS },
      (_, index) => `p/${sizes[index % 8] ?? ""}/${Math.floor(index / 8)}.jpg`,
    );
    const visits = await visitAll(keys.map((key) => `${stack.endpoints.cdn}/${key}`));
    assert.deepEqual(count(visits), { 200: VIEWERS });
    assert.deepEqual((await variants()).sort(), [...keys].sort());
    assert.ok(coldStarts() < availableParallelism());
  });

  it("are turned away at once where they are more than the throttle lets through, and may come again", async () => {
    await start({ "resizer.burstLimit": 40, "resizer.rateLimit": 1 });
    const urls = Array.from(
      { length: VIEWERS },
      (_, index) => `${stack.endpoints.cdn}/p/${index < 100 ? "640w" : "320w"}/${index % 25}.jpg`,
    );
    const visits = await visitAll(urls);
    const counts = count(visits);
    assert.deepEqual(Object.keys(counts), ["200", "429"]);
    assert.ok((counts[200] ?? 0) >= 40, JSON.stringify(counts));
    const invoked = hops.filter(({ part }) => part === "function").length;
    assert.ok(invoked < VIEWERS / 2, String(invoked));
    // The refusal is nobody's to keep: what is there now is had by asking again.
    const made = (await variants())[0] ?? "";
    assert.equal((await new Browser().visit(`${stack.endpoints.cdn}/${made}`)).status, 200);
  });
});
