import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { freedAfterAll } from "../support/freed";
import { GalleryPage } from "../support/gallery-page";

/** More than a reader of a folder returns at once. Texts, because an image would be shown, by variants that are created. */
const TEXTS = 100;

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
    for (let count = 1; count <= TEXTS; count += 1) await writeFile(path.join(folder, `${count}.txt`), "text");
    for (const file of ["z.jpg", "day 2/b.jpg"]) await writeFile(path.join(folder, file), bytes);
    await writeFile(path.join(folder, ".DS_Store"), "hidden");
  });

  /** Keys that were uploaded into a folder, without variants. */
  async function uploaded(into: string, count: number, of: number): Promise<string[]> {
    await gallery.page.getByText(`${count} of ${of} original`).waitFor();
    const keys = [...gallery.stack.storage.objects(gallery.stack.bucket).keys()];
    return keys.filter((key) => key.startsWith(`${into}/`) && !key.includes("w.webp/")).sort();
  }

  it("are dropped with all that is in them", async () => {
    const page = await gallery.open(1600);
    const browser = await page.context().newCDPSession(page);
    const data = { items: [], files: [folder], dragOperationsMask: 1 };
    // Chromium takes a drop for nothing where it has not heard yet that the page accepts one.
    do {
      for (const type of ["dragEnter", "dragOver", "drop"] as const) {
        await browser.send("Input.dispatchDragEvent", { type, x: 300, y: 300, data });
      }
      await page.evaluate("new Promise((handled) => setTimeout(handled, 500))");
    } while ((await page.locator(".page.dropping").count()) > 0);
    assert.deepEqual(await uploaded("uploads", 2, TEXTS + 2), [
      "uploads/ferien ä/day 2/b.jpg",
      "uploads/ferien ä/z.jpg",
    ]);
    // The browser's console names each status that is an error: here it is wanted.
    const problems = gallery.problems.splice(0);
    assert.ok(problems.length >= TEXTS && problems.every((problem) => problem.includes(" 415 ")), problems.join("\n"));
  });

  it("are chosen", async () => {
    const page = await gallery.open(1600);
    await page.getByLabel("Folder", { exact: true }).fill("chosen");
    await page.getByLabel("Add a folder").setInputFiles(path.join(folder, "day 2"));
    assert.deepEqual(await uploaded("chosen", 1, 1), ["chosen/day 2/b.jpg"]);
  });
});
