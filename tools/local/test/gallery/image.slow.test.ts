import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import { findings } from "../support/axe";
import { pathOf } from "../support/flow";
import { GalleryPage } from "../support/gallery-page";

describe("the image of an address, in a browser", () => {
  const gallery = GalleryPage.ofSuite();
  const addressOf = (key: string) => `/?${new URLSearchParams({ image: key }).toString()}`;
  const dialogOf = (page: Page, key: string) => page.getByRole("dialog", { name: key, exact: true });

  it("opens, goes to the next and the previous one by the arrow keys, and closes by Back", async () => {
    const page = await gallery.open(1600, addressOf("p_1/photo.png"));
    await dialogOf(page, "p_1/photo.png").waitFor();
    await page.keyboard.press("Escape");
    await dialogOf(page, "p_1/photo.png").waitFor({ state: "detached" });
    assert.equal(new URL(page.url()).search, "");

    const start = page.url();
    await gallery.openDialog("p_1/photo.png");
    assert.equal(page.url(), gallery.stack.endpoints.gallery + addressOf("p_1/photo.png"));
    await page.keyboard.press("ArrowRight");
    await dialogOf(page, "p_1/photo.webp")
      .getByText(/^6 variants, /)
      .waitFor();
    await page.keyboard.press("ArrowLeft");
    await dialogOf(page, "p_1/photo.png")
      .getByText(/^6 variants, /)
      .waitFor();
    await page.goBack();
    await dialogOf(page, "p_1/photo.png").waitFor({ state: "detached" });
    assert.equal(page.url(), start);
    assert.equal(await page.evaluate("document.activeElement.dataset.key"), "p_1/photo.png");
    await page.goForward();
    await dialogOf(page, "p_1/photo.png").waitFor();
  });

  it("is an error in one sentence if there is none", async () => {
    const page = await gallery.open(1600, addressOf("p_1/gone.jpg"));
    await dialogOf(page, "p_1/gone.jpg").getByText("There is no original p_1/gone.jpg.").waitFor();
    assert.match(gallery.problems.splice(0).join(), /^Failed to load resource: .* 404 /);
  });

  it("has a table of sizes by formats, with links and lines to copy", async () => {
    const page = await gallery.open(1600);
    const dialog = await gallery.openDialog("p_1/photo.jpg");
    const rows = await dialog.locator(".matrix tr").allInnerTexts();
    const tidy = rows.map((row) =>
      row
        .replace(/\s+/g, " ")
        .replace(/[\d.]+ K?B|(> )?\d+ % smaller/g, "N")
        .trim(),
    );
    assert.deepEqual(tidy, [
      "size original’s format webp",
      ...["250w", "335w", "640x480"].map((size) => `${size} N JPEG, N N WEBP, N`),
    ]);
    const status = await dialog.getByText(/^6 variants, /).innerText();
    assert.match(status, /^6 variants, [\d.]+ KB together\. The original is 800 × 600 px, [\d.]+ KB\. Answered in /);
    await dialog.getByRole("button", { name: /WEBP/ }).nth(1).click();
    const url = gallery.stack.endpoints.cdn + pathOf("p_1/335w.webp/photo.jpg");
    const details = dialog.getByRole("group", { name: "The variant 335w.webp" });
    assert.equal(await details.getByRole("link").getAttribute("href"), url);
    assert.match(await details.innerText(), /335 × 251 px/);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const copied = async (name: string) => {
      await details.getByRole("button", { name }).click();
      await details.getByText("copied").last().waitFor();
      return page.evaluate<string>("navigator.clipboard.readText()");
    };
    assert.equal(await copied("Copy URL"), url);
    assert.equal(await copied("Copy <img>"), `<img src="${url}" width="335" height="251" alt="p_1/photo.jpg" />`);
    assert.match(await copied("Copy <picture>"), /^<picture>\n {2}<source [^]* 250w, [^]*\n<\/picture>$/);
    assert.deepEqual(await findings(page), []);
  });

  it("compares two variants, or one with the original, at any size", async () => {
    const page = await gallery.open(1600);
    const dialog = await gallery.openDialog("p_1/photo.png");
    const widthOf = (image: Locator) =>
      image.evaluate((element) => (element as unknown as { clientWidth: number }).clientWidth);
    const compared = dialog.locator(".compared");
    const images = await compared.locator("img").all();
    const sources = async () => Promise.all(images.map((one) => one.getAttribute("src")));
    assert.deepEqual(await sources(), [
      "/image?path=%2Fp_1%2F335w%2Fphoto.png&version=",
      "/preview?key=p_1%2Fphoto.png&version=",
    ]);
    // The page draws after the event: each choice is waited for.
    for (const [side, variant] of [
      ["Right", "250w.webp"],
      ["Left", "335w"],
    ] as const) {
      await dialog.getByLabel(new RegExp(`^${side}`)).selectOption(variant);
      await compared.locator(`img[src*="${encodeURIComponent(`/${variant}/`)}"]`).waitFor();
    }
    assert.deepEqual(await sources(), [
      "/image?path=%2Fp_1%2F250w.webp%2Fphoto.png&version=",
      "/image?path=%2Fp_1%2F335w%2Fphoto.png&version=",
    ]);
    for (const image of images) await image.evaluate((one) => (one as unknown as { decode(): Promise<void> }).decode());
    assert.ok((await widthOf(compared)) > 500);
    await dialog.getByLabel(/^1:1/).check();
    assert.equal(await widthOf(compared), 250);
    await dialog.getByLabel("Line between the images").focus();
    for (let times = 0; times < 10; times += 1) await page.keyboard.press("ArrowRight");
    await dialog.getByText("60 % left").waitFor();
    const clip = await page.evaluate("getComputedStyle(document.querySelector('.compared .left')).clipPath");
    assert.equal(clip, "inset(0px 40% 0px 0px)");
    await dialogOf(page, "p_1/photo.png").waitFor();
  });

  it("shows what a crop keeps of it", async () => {
    await gallery.open(1600);
    const dialog = await gallery.openDialog("p_1/sideways.jpg");
    await dialog.getByRole("button", { name: /JPEG/ }).nth(2).click();
    const crops = dialog.getByRole("region", { name: "Crops" });
    await crops.locator("figure").nth(1).waitFor();
    await crops.getByText("The part that 640x480 keeps This stack crops by position centre.").waitFor();
    const captions = await crops.locator("figcaption").allInnerTexts();
    assert.match(captions[0] ?? "", /^attention 600 × 480 px from 0, \d+$/);
    assert.equal(captions[1], "centre 600 × 480 px from 0, 160");
    const style = await crops.locator("i").last().getAttribute("style");
    assert.equal(style, "left: 0%; top: 20%; width: 100%; height: 60%;");
  });

  it("recreates its variants", async () => {
    await gallery.open(1600);
    const dialog = await gallery.openDialog("p_1/other.jpg");
    const before = gallery.variantsWritten;
    await dialog.getByRole("button", { name: "Recreate variants" }).click();
    await dialog.getByText("Requesting every variant …").waitFor();
    await dialog.getByText(/^6 variants, /).waitFor();
    assert.equal(gallery.variantsWritten - before, 6);
  });
});
