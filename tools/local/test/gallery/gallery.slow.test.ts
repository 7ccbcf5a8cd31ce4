import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import type { AxeResults } from "axe-core";
import type { Locator } from "playwright-core";
import sharp from "sharp";
import { GalleryPage } from "../support/gallery-page";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const HOSTILE = `<img src=x onerror="document.title='it ran'">.png`;

describe("the gallery in a browser", () => {
  const gallery = GalleryPage.ofSuite();

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

  const image = (background: string) =>
    sharp({ create: { width: 800, height: 600, channels: 3, background } })
      .png()
      .toBuffer();

  it("renders every original by its variants, of which the browser chooses by width", async () => {
    const { cdn } = gallery.stack.endpoints;
    for (const [width, candidate] of [
      [360, "335w"],
      [800, "250w"],
      [1600, "335w"],
    ] as const) {
      const page = await gallery.open(width);
      await page.getByText("19 originals", { exact: true }).waitFor();
      const images = await page.locator(".frame img").all();
      assert.equal(images.length, 19);
      for (const one of width === 1600 ? images : images.slice(-1)) {
        await one.scrollIntoViewIfNeeded();
        assert.match(await currentSource(one), new RegExp(`^${cdn}/(p_\\d/)?${candidate}\\.webp/[^/]+$`));
      }
      const srcset = await gallery.card("top.jpg").locator("img").getAttribute("srcset");
      assert.equal(srcset, [250, 335].map((w) => `${cdn}/${w}w/top.jpg ${w}w`).join(", "));
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
    }
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

  it("shows all variants of an original side by side, at true size", async () => {
    await gallery.open(1600);
    const dialog = await gallery.openDialog("p_1/photo.jpg");
    const figures = await dialog.locator("figure").all();
    const sizes = await Promise.all(
      figures.map((figure) =>
        figure.locator("img").evaluate(async (element) => {
          const shown = element as unknown as { decode(): Promise<void> } & Record<string, number>;
          await shown.decode();
          return [shown.naturalWidth, shown.naturalHeight, shown.clientWidth === shown.naturalWidth];
        }),
      ),
    );
    // Each size in the original's format and in WebP.
    const expected = [
      "800,600,false",
      ...["250,188,true", "335,251,true", "640,480,true"].flatMap((one) => [one, one]),
    ];
    assert.deepEqual(sizes.map(String), expected);
    await dialog.getByText("800 × 600 px").waitFor();
    const captions = await dialog.locator("figcaption").allInnerTexts();
    const tidy = captions.map((text) => text.replace(/\s+/g, " ").replace(/[\d.]+ K?B/, "N B"));
    assert.equal(tidy[0], "original 800 × 600 px N B scaled down");
    // The stack negotiates its formats: without one in the key, this browser receives WebP.
    assert.match(tidy[1] ?? "", /^250w 250 × 188 px WEBP N B (> )?\d+ % smaller (created in|already stored)/);
    assert.match(tidy[2] ?? "", /^250w\.webp 250 × 188 px WEBP N B (> )?\d+ % smaller /);
    // The total is the sum of what each variant says.
    const bytes = captions.slice(1).map((text) => /([\d.]+) (K?B)/.exec(text) ?? []);
    const sum = bytes.reduce((total, [, count, unit]) => total + Number(count) * (unit === "KB" ? 1000 : 1), 0);
    const total = /variants, ([\d.]+) KB/.exec(await dialog.getByRole("status").innerText());
    assert.ok(Math.abs(Number(total?.[1]) * 1000 - sum) < 1000, `${total?.[0] ?? ""}: ${sum}`);
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

    const dialog = await gallery.openDialog(key);
    const variant = dialog.locator("figure").nth(1).locator("img");
    assert.equal(await colourOf(variant), "red");
    const other = async (one: Locator) => page.locator(`:not([src="${(await one.getAttribute("src")) ?? ""}"])`);
    const [newVariant, newShown] = [variant.and(await other(variant)), shown.and(await other(shown))];
    const file = { name: "other name.png", mimeType: "image/png", buffer: await image("rgb(0, 0, 200)") };
    await dialog.getByLabel("Replace by").setInputFiles(file);
    await newVariant.waitFor();
    assert.equal(await colourOf(newVariant), "blue");
    await dialog.getByText(/^6 variants, /).waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await newShown.waitFor();
    assert.equal(await colourOf(newShown), "blue");
    // The inspector shows the request and its key too.
    await page.locator(".requests").getByText(`PutObject ${key}`).first().waitFor();
    assert.equal(await page.title(), "dev · image-resizer");
  });

  it("recreates the variants of an original", async () => {
    await gallery.open(1600);
    const dialog = await gallery.openDialog("top.jpg");
    const image = dialog.locator("figure").nth(1).locator("img");
    const src = (await image.getAttribute("src")) ?? "";
    const before = gallery.variantsWritten;
    await dialog.getByRole("button", { name: "Recreate variants" }).click();
    await image.and(gallery.page.locator(`:not([src="${src}"])`)).waitFor();
    await dialog.getByText(/^6 variants, /).waitFor();
    // Three sizes in WebP: without a format in the key it is negotiated.
    assert.equal(gallery.variantsWritten - before, 3);
  });

  it("accepts an original that is chosen, and says why it rejects another", async () => {
    const page = await gallery.open(800);
    await page.getByLabel("Folder").fill("/ä b/");
    const buffer = await image("rgb(200, 0, 0)");
    const input = page.getByLabel("Add originals, or drop them anywhere");
    await input.setInputFiles({ name: "x+y.png", mimeType: "image/png", buffer });
    await gallery.card("ä b/x+y.png").waitFor();
    await page.getByText("21 originals", { exact: true }).waitFor();
    await input.setInputFiles({ name: "x.bmp", mimeType: "image/bmp", buffer });
    await page.getByText("ä b/x.bmp is no image by its name: originals are ").waitFor();
    // The browser's console names a status that is an error: here it is wanted.
    assert.match(gallery.problems.splice(0).join(), /^Failed to load resource: .* 415 /);
  });

  it("is used by keyboard alone", async () => {
    const page = await gallery.open(1600);
    const focused = () => page.evaluate("document.activeElement.dataset.key");
    await page.getByLabel("Add originals, or drop them anywhere").focus();
    await page.keyboard.press("Tab");
    assert.equal(await focused(), "p_1/PHOTO.JPG");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "p_1/PHOTO.JPG" });
    await dialog.getByText(/^6 variants, /).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await focused(), "p_1/PHOTO.JPG");
  });

  for (const [colorScheme, width] of Object.entries({ light: 1600, dark: 360 })) {
    it(`has no accessibility finding, ${colorScheme} at ${width}`, async () => {
      const page = await gallery.open(width, colorScheme as "light" | "dark");
      await page.getByRole("button", { name: "a missing original" }).click();
      await page.locator(".exchange").nth(1).waitFor();
      assert.deepEqual(await findings(), []);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
      await gallery.openDialog("p_1/PHOTO.JPG");
      assert.deepEqual(await findings(), []);
    });
  }

  async function findings(): Promise<string[]> {
    await gallery.page.evaluate(AXE);
    const { violations } = await gallery.page.evaluate<AxeResults>("axe.run()");
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  }
});
