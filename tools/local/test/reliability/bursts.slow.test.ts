import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { type LocalStack, startLocalStack } from "../../stack";
import type { Hop } from "../../trace";
import { administrator } from "../support/flow";
import { Browser, type Visit } from "./support/browser";
import { originalsFolder } from "./support/images";

const CLIENTS = 200;
/** Few enough for a slow machine to create within the 30 s that the HTTP API waits. */
const VARIANTS = 40;
const SIZES = 8;
const ORIGINALS = 25;

describe(`${CLIENTS} clients at once`, () => {
  let images: string;
  let stack: LocalStack | undefined;
  const hops: Hop[] = [];

  before(async () => {
    images = await originalsFolder(ORIGINALS);
  });

  afterEach(async () => {
    await stack?.close();
    stack = undefined;
  });

  after(() => rm(images, { recursive: true }));

  async function start(config: Readonly<Record<string, unknown>> = {}) {
    const caps = { "resizer.burstLimit": CLIENTS, "resizer.reservedConcurrency": CLIENTS };
    stack = await startLocalStack({ stack: "prod", port: 0, images, config: { ...caps, ...config } });
    hops.length = 0;
    stack.trace.listen((hop) => hops.push(hop));
    const bucket = administrator(stack);
    return {
      cdn: stack.endpoints.cdn,
      sizes: stack.run.outputs.sizes as readonly string[],
      variants: async () => (await bucket.keys("")).filter((key) => key.split("/").length === 3),
    };
  }

  /** Every client has a browser of its own. */
  function visitAll(urls: readonly string[]): Promise<Visit[]> {
    return Promise.all(urls.map((url) => new Browser().visit(url)));
  }

  /** Number of function processes that were started for requests, beside the one that waits for the first. */
  function coldStarts(): number {
    return hops.filter(({ part, detail }) => part === "function" && detail === "cold start").length;
  }

  function count(visits: readonly Visit[]): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { status } of visits) counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }

  it("get the same image, which is written once, where all ask for one that is missing", async () => {
    const { cdn, variants } = await start();
    const visits = await visitAll(Array.from({ length: CLIENTS }, () => `${cdn}/p/640w/0.jpg`));
    assert.deepEqual(count(visits), { 200: CLIENTS });
    for (const { body, hops: way } of visits) {
      assert.ok(way.length <= 3, way.join(", "));
      assert.deepEqual(body, visits[0]?.body);
    }
    const written = hops.filter(({ what, status }) => what === "PutObject p/640w/0.jpg" && status === 200);
    assert.equal(written.length, 1);
    assert.deepEqual(await variants(), ["p/640w/0.jpg"]);
    assert.ok(coldStarts() < availableParallelism());
  });

  it(`get ${VARIANTS} images where they ask for as many that are missing`, async () => {
    const { cdn, sizes, variants } = await start();
    const keys = Array.from(
      { length: VARIANTS },
      (_, index) => `p/${sizes[index % SIZES] ?? ""}/${Math.floor(index / SIZES)}.jpg`,
    );
    const clients = Array.from({ length: CLIENTS }, (_, index) => `${cdn}/${keys[index % VARIANTS] ?? ""}`);
    assert.deepEqual(count(await visitAll(clients)), { 200: CLIENTS });
    assert.deepEqual((await variants()).sort(), keys.sort());
    assert.ok(coldStarts() < availableParallelism());
  });

  it("are rejected before the function where they are more than the throttle accepts, and may come again", async () => {
    const { cdn, variants } = await start({ "resizer.burstLimit": 40, "resizer.rateLimit": 1 });
    const visits = await visitAll(
      Array.from({ length: CLIENTS }, (_, index) => `${cdn}/p/${index < 100 ? "640w" : "320w"}/${index % 25}.jpg`),
    );
    const { 200: served = 0, 429: rejected = 0, ...others } = count(visits);
    assert.deepEqual(others, {});
    assert.ok(served >= 40, String(served));
    assert.ok(rejected > 0);
    assert.ok(hops.filter(({ part }) => part === "function").length <= served);
    // No cache keeps the 429: a variant that exists now is served.
    const [made = ""] = await variants();
    assert.equal((await new Browser().visit(`${cdn}/${made}`)).status, 200);
  });
});
