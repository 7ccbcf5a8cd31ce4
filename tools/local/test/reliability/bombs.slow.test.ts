import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { S3Client, PutObjectCommand } from "@aws-sdk/client-s3";
import sharp from "sharp";
import { type LocalStack, startLocalStack } from "../../stack";
import type { Hop } from "../../trace";
import { Browser } from "./support/browser";
import { frameBomb, scanBomb, textBomb } from "./support/bombs";
import { pngBomb } from "./support/hostile-files";
import { originalsFolder } from "./support/images";

/** As many as Node.js has threads for native code. */
const TIMES = 4;
const SOUND = 9;

/** Legal files whose decoding took all threads or all memory, with their status. */
const BOMBS: Readonly<Record<string, { readonly create: () => Promise<Buffer> | Buffer; readonly status: number }>> = {
  "scans.jpg": { create: () => scanBomb(7000, 7000, 800), status: 413 },
  "frames.webp": { create: () => frameBomb(400_000), status: 413 },
  "wide.png": { create: () => pngBomb(1_000_000, 49), status: 413 },
  "texts.png": { create: async () => textBomb(await sharp(pngBomb(64, 64)).png().toBuffer(), 100), status: 200 },
  // Within the limits, and longer at work than the function has time.
  "slow.jpg": { create: () => scanBomb(7000, 7000, 100), status: 503 },
};

describe("the local stack, with originals that are bombs", () => {
  let images: string;
  let stack: LocalStack;
  const hops: Hop[] = [];

  before(async () => {
    images = await originalsFolder(SOUND);
    // The least time that a stack may give its function, and enough for a sound image.
    stack = await startLocalStack({ stack: "dev", port: 0, images, config: { "resizer.timeout": 3 } });
    stack.trace.listen((hop) => hops.push(hop));
    const client = new S3Client({
      endpoint: stack.endpoints.s3,
      region: stack.run.region,
      credentials: stack.accessKey,
      forcePathStyle: true,
    });
    for (const [name, { create }] of Object.entries(BOMBS)) {
      await client.send(new PutObjectCommand({ Bucket: stack.bucket, Key: `bombs/${name}`, Body: await create() }));
    }
    client.destroy();
  });

  after(async () => {
    await stack.close();
    await rm(images, { recursive: true });
  });

  /** Requests variants at the same time, each by a browser of its own, and returns their statuses. */
  async function statuses(keys: readonly string[]): Promise<number[]> {
    const visits = await Promise.all(keys.map((key) => new Browser().visit(`${stack.endpoints.cdn}/${key}`)));
    return visits.map(({ status }) => status);
  }

  for (const [index, [name, { status }]] of Object.entries(BOMBS).entries()) {
    it(`answers ${status} to ${name}, ${TIMES} times, and creates ${SOUND} variants of sound images then`, async () => {
      const sizes = stack.run.outputs.sizes as readonly string[];
      hops.length = 0;
      const bombs = Array.from({ length: TIMES }, (_, time) => `bombs/${sizes[time % sizes.length] ?? ""}/${name}`);
      for (const bomb of bombs) assert.deepEqual(await statuses([bomb]), [status]);
      const spec = sizes[index % sizes.length] ?? "";
      for (let image = 0; image < SOUND; image++) assert.deepEqual(await statuses([`p/${spec}/${image}.jpg`]), [200]);
      const calls = hops.filter(({ part }) => part === "function");
      assert.ok(calls.every((call) => call.status === 200));
      // A process that a decoder holds has ended after its answer, and the next request has another. libvips' own time limit
      // may have stopped one or the other decoder before.
      if (status === 503) assert.ok(calls.some(({ detail }) => detail === "cold start"));
    });
  }
});
