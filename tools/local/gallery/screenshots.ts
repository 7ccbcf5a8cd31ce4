// `npm run screenshots`: the images of the gallery, a variant's dialog and the inspector in docs/, from the sample images.
import path from "node:path";
import { ROOT } from "@image-resizer/lib/root";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { startLocalStack } from "../stack";
import { launchBrowser } from "../test/support/browser";

const DOCS = path.join(ROOT, "docs");
const CONFIG = { "resizer.rateLimit": 1000, "resizer.burstLimit": 1000 };

async function main(): Promise<void> {
  const browser = await launchBrowser();
  const stack = await startLocalStack({ stack: "dev", port: 8080, config: CONFIG }).catch(async (error: unknown) => {
    await browser.close();
    throw error;
  });
  try {
    const open = async (colorScheme: "light" | "dark", width: number, height: number) => {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme });
      await page.goto(stack.endpoints.gallery);
      await page.locator(".frame img.loaded").nth(5).waitFor();
      return page;
    };
    // Other clients, so that there is something to count.
    for (let client = 0; client < 3; client += 1) await (await open("light", 1600, 1000)).close();
    const gallery = await open("light", 1600, 1000);
    await fetch(`${stack.endpoints.cdn}/p_1/640w/hills.jpg`);
    await fetch(`${stack.endpoints.cdn}/p_1/641w/hills.jpg`);
    await gallery.locator(".outcome-rejected").waitFor();
    await save(gallery, "gallery");

    await gallery.locator(".card", { hasText: "ridge.webp" }).click();
    await gallery.getByText(/^3 variants, /).waitFor();
    await gallery.locator(".cropped i").nth(1).waitFor();
    for (const image of await gallery.locator("dialog img").all())
      await image.evaluate((element) => (element as unknown as { decode(): Promise<void> }).decode());
    await save(gallery, "image");

    const inspector = await open("dark", 1500, 1680);
    await inspector.getByRole("switch", { name: /^s3:PutObject for .*resizer/ }).click();
    await inspector.locator(".denied").waitFor();
    await inspector.getByLabel("Request a path from the CDN").fill("/p_2/640w/VALLEY.JPG");
    await inspector.getByRole("button", { name: "Send" }).click();
    await inspector.locator(".exchange").nth(1).waitFor();
    await save(inspector, "inspector");
  } finally {
    await browser.close();
    await stack.close();
  }
}

/** A palette keeps a page of text and a few images far below 400 KB. */
async function save(page: Page, name: string): Promise<void> {
  const file = path.join(DOCS, `${name}.png`);
  const image = sharp(await page.screenshot()).png({ palette: true, quality: 90, effort: 10 });
  const { size } = await image.toFile(file);
  console.log(`${file}  ${Math.round(size / 1000)} KB`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
