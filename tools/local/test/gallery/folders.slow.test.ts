import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { freedAfterAll } from "../support/freed";
import { GalleryPage } from "../support/gallery-page";

/** More than a reader of a folder returns at once. */
const IMAGES = 101;

describe("folders in a browser", () => {
  const gallery = GalleryPage.ofSuite();
  const free = freedAfterAll();
  let folder: string;

  before(async () => {
    const parent = await mkdtemp(path.join(tmpdir(), "folders-"));
    free(() => rm(parent, { recursive: true }));
    folder = path.join(parent, "ferien ä");
    await mkdir(path.join(folder, "day 2"), { recursive: true });
    const image = sharp({ create: { width: 80, height: 60, channels: 3, background: "#369" } });
    const bytes = await image.jpeg().toBuffer();
    for (let count = 1; count <= IMAGES; count += 1) await writeFile(path.join(folder, `${count}.jpg`), bytes);
    await writeFile(path.join(folder, "day 2/b.jpg"), bytes);
    await writeFile(path.join(folder, ".DS_Store"), "hidden");
  });

  /** Some of the keys that were uploaded into a folder, without variants. */
  async function uploaded(into: string, count: number): Promise<string[]> {
    await gallery.page.getByText(`${count} of ${count} original`).waitFor();
    const keys = [...gallery.stack.storage.objects(gallery.stack.bucket).keys()];
    const originals = keys.filter((key) => key.startsWith(`${into}/`) && !key.includes("w.webp/"));
    return originals.filter((key) => /\/(101|b|\.DS_Store)[^/]*$/.test(key)).sort();
  }

  it("are dropped with all that is in them", async () => {
    const page = await gallery.open(1600);
    const browser = await page.context().newCDPSession(page);
    const data = { items: [], files: [folder], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const) {
      await browser.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
    }
    assert.deepEqual(await uploaded("uploads", IMAGES + 1), [
      "uploads/ferien ä/101.jpg",
      "uploads/ferien ä/day 2/b.jpg",
    ]);
  });

  it("are chosen", async () => {
    const page = await gallery.open(1600);
    await page.getByLabel("Folder", { exact: true }).fill("chosen");
    await page.getByLabel("Add a folder").setInputFiles(path.join(folder, "day 2"));
    assert.deepEqual(await uploaded("chosen", 1), ["chosen/day 2/b.jpg"]);
  });
});
