import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type LocalStack, startLocalStack } from "@image-resizer/local/stack";
import { heicOf, hevcOf } from "./support/heic";
import { COLOURS, look, QUARTERS, quarters } from "./support/images";

describe("uploads, through a whole stack that accepts HEIC", () => {
  let images: string;
  let stack: LocalStack;

  before(async () => {
    images = await mkdtemp(path.join(tmpdir(), "uploads-"));
    const colour = (x: number, y: number) => COLOURS[QUARTERS[(y < 16 ? 0 : 2) + (x < 32 ? 0 : 1)] ?? ""] ?? [0, 0, 0];
    const files = {
      "IMG_0001.HEIC": heicOf(hevcOf(64, 32, colour), { turns: 1 }),
      "banner.gif": await quarters(64, 32).gif().toBuffer(),
      "scan.tif": await quarters(64, 32).tiff().toBuffer(),
    };
    await Promise.all(Object.entries(files).map(([name, bytes]) => writeFile(path.join(images, name), bytes)));
    const config = { sizes: ["32w"], formats: ["avif", "webp"], "image.heic": true };
    stack = await startLocalStack({ stack: "dev", config, port: 0, images });
  });

  after(async () => {
    await stack.close();
    await rm(images, { recursive: true });
  });

  for (const [file, accept, type, expected] of [
    ["IMG_0001.HEIC", "image/*", "image/jpeg", "32x64 green yellow red blue"],
    ["IMG_0001.HEIC", "image/avif,image/webp", "image/avif", "32x64 green yellow red blue"],
    ["banner.gif", "image/*", "image/gif", "32x16 red green blue yellow"],
    ["banner.gif", "image/avif,image/webp", "image/webp", "32x16 red green blue yellow"],
    ["scan.tif", "image/*", "image/jpeg", "32x16 red green blue yellow"],
    ["scan.tif", "image/avif,image/webp", "image/avif", "32x16 red green blue yellow"],
  ] as const) {
    it(`serves ${file} as ${type} to a client of ${accept}`, async () => {
      const answer = await fetch(`${stack.endpoints.cdn}/32w/${file}`, { headers: { accept } });
      assert.deepEqual([answer.status, answer.headers.get("content-type")], [200, type]);
      assert.equal(await look(Buffer.from(await answer.arrayBuffer())), expected);
    });
  }
});
