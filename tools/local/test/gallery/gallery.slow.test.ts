import assert from "node:assert/strict";
import type { Locator } from "playwright-core";
import sharp from "sharp";
import { findings } from "../support/axe";
import { GalleryPage } from "../support/gallery-page";

const HOSTILE = `<img src=x onerror="document.title='it ran'">.png`;

/** A browser's zoom of 200 % halves the width: 720 px are those of a window of 1,440 px. */
const WIDTHS = [
  [360, "dark", "Inspector"],
  [720, "light", "Originals"],
  [1024, "dark", "Inspector"],
  [1440, "dark", undefined],
  [2560, "light", undefined],
] as const;

describe("the gallery in a browser", () => {
  const gallery = GalleryPage.ofSuite({ originals: 5000 });

  const sourceIn = (candidate: string) => new RegExp(`^http://localhost:\\d+/(p_\\d/)?${candidate}\\.webp/[^/]+$`);

  const currentSource = async (image: Locator) => {
    await image.and(image.page().locator(".loaded")).waitFor();
    return image.evaluate((element) => (element as unknown as { currentSrc: string }).currentSrc);
  };

  /** The mean colour of what is on the screen of an image. */
  async function colourOf(image: Locator): Promise<"red" | "blue" | "other"> {
    await image.evaluate((element) => (element as unknown as { decode(): Promise<void> }).decode());
    const { channels } = await sharp(await image.screenshot()).stats();
    const [red = 0, green = 0, blue = 0] = channels.map(({ mean }) => mean);
    if (green > 90) return "other";
    return red > 150 ? "red" : blue > 150 ? "blue" : "other";
  }

  const image = (background: string, channels: 3 | 4 = 3) =>
    sharp({ create: { width: 800, height: 600, channels, background } })
      .png()
      .toBuffer();

  it("shows those in sight of 5,000 originals by their variants, of which the browser chooses by width", async () => {
    const { cdn } = gallery.stack.endpoints;
    const page = await gallery.open(1600);
    await page.getByText("5000 originals", { exact: true }).waitFor();
    const images = page.locator(".frame img");
    const atStart = await images.count();
    for (const one of await images.all()) assert.match(await currentSource(one), sourceIn("335w"));
    // Each variant is created now: a request to the CDN, to the API, and to the CDN again.
    assert.ok(gallery.requests <= 60, `${gallery.requests} requests`);
    assert.ok(atStart >= 6 && atStart <= 15, `${atStart} cards`);
    const srcset = await images.first().getAttribute("srcset");
    assert.equal(srcset, [250, 335].map((w) => `${cdn}/p_1/${w}w/PHOTO.JPG ${w}w`).join(", "));

    for (const [width, candidate] of [
      [360, "335w"],
      [800, "250w"],
    ] as const) {
      await gallery.open(width);
      assert.match(await currentSource(gallery.page.locator(".frame img").first()), sourceIn(candidate));
    }
    await gallery.page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
    await gallery.card("z/999.jpg").locator("img.loaded").waitFor();
    assert.ok((await gallery.page.locator(".card").count()) <= 24);
  });

  it("shows the originals that match a search, and says when none does", async () => {
    const page = await gallery.open(1600);
    await page.getByLabel("Search").fill("PHOTO.");
    await page.getByText("4 originals", { exact: true }).waitFor();
    const files = await page.locator(".caption b").allInnerTexts();
    assert.deepEqual(files, ["PHOTO.JPG", "photo.jpg", "photo.png", "photo.webp"]);
    await page.getByLabel("Search").fill("nothing");
    await page.getByText("No original matches the search.").waitFor();
  });

  it("accepts an original that is dropped, whatever its name, and shows it again when it is replaced", async () => {
    const page = await gallery.open(1600);
    const key = `uploads/${HOSTILE}`;
    const bytes = (await image("rgb(200, 0, 0)")).toString("base64");
    await page.evaluate(`{
      const bytes = Uint8Array.from(atob("${bytes}"), (character) => character.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], ${JSON.stringify(HOSTILE)}));
      document.querySelector("h1").dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }`);
    const shown = gallery.card(key).locator("img.loaded");
    await shown.waitFor();
    assert.equal(await gallery.card(key).locator("b").textContent(), HOSTILE);
    assert.equal(await colourOf(shown), "red");

    // The latest one is the first.
    assert.equal(await page.locator(".card").first().getAttribute("data-key"), key);

    const dialog = await gallery.openDialog(key);
    const variant = dialog.locator(".compared img").first();
    assert.equal(await colourOf(variant), "red");
    const other = async (one: Locator) => page.locator(`:not([src="${(await one.getAttribute("src")) ?? ""}"])`);
    const [newVariant, newShown] = [variant.and(await other(variant)), shown.and(await other(shown))];
    const file = { name: "other name.png", mimeType: "image/png", buffer: await image("rgb(0, 0, 200)") };
    const asked: string[] = [];
    page.on("dialog", (question) => {
      asked.push(question.message());
      void (asked.length === 1 ? question.dismiss() : question.accept());
    });
    const replaceBy = dialog.getByLabel("Replace by");
    await replaceBy.setInputFiles(file);
    // The first answer is no.
    await page.waitForFunction("document.querySelector('dialog input[type=file]').value === ''");
    await replaceBy.setInputFiles(file);
    await newVariant.waitFor();
    assert.equal(await colourOf(newVariant), "blue");
    await dialog.getByText(/^6 variants, /).waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await newShown.waitFor();
    assert.equal(await colourOf(newShown), "blue");
    // The inspector shows the request and its key too.
    await page.locator(".requests").getByText(`PutObject ${key}`).first().waitFor();

    await gallery.openDialog(key);
    await dialog.getByRole("button", { name: "Delete" }).click();
    await gallery.card(key).waitFor({ state: "detached" });
    await page.getByText("5000 originals", { exact: true }).waitFor();
    const question = `Replace ${key} by other name.png? The old image and its variants are deleted.`;
    assert.deepEqual(asked, [question, question, `Delete ${key} and its variants from the bucket?`]);
    assert.equal(await page.title(), "dev · image-resizer");
  });

  it("accepts originals that are chosen, and says why it rejects another", async () => {
    const page = await gallery.open(800);
    await page.getByLabel("Folder", { exact: true }).fill("/ä b/");
    const buffer = await image("rgb(200, 0, 0)");
    const input = page.getByLabel("Add originals, or drop them anywhere");
    await input.setInputFiles([
      { name: "x+y.png", mimeType: "image/png", buffer },
      { name: "poem.jpg", mimeType: "image/jpeg", buffer: Buffer.from("<!doctype html>") },
    ]);
    await page.getByText("1 of 2 originals are uploaded.").waitFor();
    const sentence = "ä b/poem.jpg is not uploaded: The original is an HTML page: JPEG, PNG, ";
    await page.getByRole("alert").getByText(sentence).waitFor();
    await gallery.card("ä b/x+y.png").waitFor();
    await page.getByText("5001 originals", { exact: true }).waitFor();
    // The browser's console names a status that is an error: here it is wanted.
    assert.match(gallery.problems.splice(0).join(), /^Failed to load resource: .* 415 /);
  });

  it("shows what is behind a transparent image", async () => {
    const page = await gallery.open(800);
    const file = { name: "clear.png", mimeType: "image/png", buffer: await image("rgb(0 0 0 / 0)", 4) };
    await page.getByLabel("Add originals, or drop them anywhere").setInputFiles(file);
    const shown = gallery.card("uploads/clear.png").locator("img.loaded");
    await shown.waitFor();
    const { data, info } = await sharp(await shown.screenshot())
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    const at = (x: number, y: number) =>
      data
        .subarray((y * info.width + x) * 3)
        .subarray(0, 3)
        .toString("hex");
    // Two tones, which alternate every 7.5 px.
    assert.deepEqual([at(40, 40), at(48, 40), at(48, 48)], [at(40, 40), at(40, 48), at(40, 40)]);
    assert.notEqual(at(40, 40), at(48, 40));
  });

  it("is used by keyboard alone", async () => {
    const page = await gallery.open(1600);
    await page.getByLabel("Search").fill("p_1");
    const focused = () => page.evaluate("document.activeElement.dataset.key");
    await page.getByText("6 originals", { exact: true }).waitFor();
    await page.getByLabel("Add a folder").focus();
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "p_1/PHOTO.JPG");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "p_1/PHOTO.JPG" });
    await dialog.getByText(/^6 variants, /).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await focused(), "p_1/PHOTO.JPG");
  });

  it("fits screens of every width, in light and dark, without accessibility findings", async () => {
    const page = await gallery.open(1440);
    await page.getByRole("button", { name: "a missing original" }).click();
    await page.locator(".exchange").nth(1).waitFor();
    const isInSight = (selector: string) =>
      page.locator(selector).evaluate((element) => {
        const shown = element as unknown as { getBoundingClientRect(): { top: number; bottom: number; width: number } };
        const { top, bottom, width } = shown.getBoundingClientRect();
        return width > 0 && top >= 0 && bottom <= 800;
      });
    for (const [width, colorScheme, tab] of WIDTHS) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      if (tab !== undefined) await page.getByRole("button", { name: tab, exact: true }).click();
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
      assert.deepEqual(await findings(page), [], String(width));
      await page.evaluate("scrollTo(0, 5000)");
      const seen = await Promise.all(["header.top", ".tabs"].map(isInSight));
      assert.deepEqual(seen, [true, tab !== undefined], String(width));
      if (tab === undefined) assert.equal(await isInSight("#inspector"), true);
      await page.evaluate("scrollTo(0, 0)");
    }
  });
});
