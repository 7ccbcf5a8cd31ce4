// `npm run screenshots`: the pictures of the gallery and the inspector in docs/, made anew from the sample photographs.
import path from "node:path";
import type { Page } from "playwright-core";
import sharp from "sharp";
import { ROOT } from "@image-resizer/lib/root";
import { startLocalStack } from "../stack";
import { launchBrowser } from "../test/support/browser";

const DOCS = path.join(ROOT, "docs");

async function main(): Promise<void> {
  const [browser, stack] = await Promise.all([
    launchBrowser(),
    startLocalStack({ stack: "dev", port: 8080, config: { "resizer.rateLimit": 1000, "resizer.burstLimit": 1000 } }),
  ]);
  try {
    const open = async (colorScheme: "light" | "dark", width: number, height: number) => {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme });
      await page.goto(stack.endpoints.gallery);
      await page.locator(".frame img.loaded").nth(5).waitFor();
      return page;
    };
    // Other viewers, so that there is something to count.
    for (let viewer = 0; viewer < 3; viewer += 1) await (await open("light", 1600, 1000)).close();
    const gallery = await open("light", 1600, 1000);
    await fetch(`${stack.endpoints.cdn}/p_1/640w/hills.jpg`);
    await fetch(`${stack.endpoints.cdn}/p_1/641w/hills.jpg`);
    await gallery.locator(".outcome-refused").waitFor();
    await save(gallery, "gallery");

    await gallery.locator(".card", { hasText: "ridge.webp" }).click();
    await gallery.getByText(/^3 variants, /).waitFor();
    await save(gallery, "photograph");

    const inspector = await open("dark", 1500, 1680);
    await inspector.getByRole("switch", { name: /^s3:PutObject for resizer/ }).click();
    await inspector.locator(".switches .denied").waitFor();
    await ask(inspector, "/p_2/640w/VALLEY.JPG");
    await inspector.locator(".exchange").first().waitFor();
    await save(inspector, "inspector");
  } finally {
    await browser.close();
    await stack.close();
  }
}

async function ask(page: Page, target: string): Promise<void> {
  await page.getByLabel("Ask the CDN for a path").fill(target);
  await page.getByRole("button", { name: "Ask" }).click();
  await page.locator("#try-result li").nth(1).waitFor();
}

/** A palette keeps a page of text and a few photographs far below 300 KB. */
async function save(page: Page, name: string): Promise<void> {
  const file = path.join(DOCS, `${name}.png`);
  const { size } = await sharp(await page.screenshot())
    .png({ palette: true, quality: 90, effort: 10 })
    .toFile(file);
  console.log(`${file}  ${Math.round(size / 1000)} KB`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
