import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import type { Browser, Locator, Page } from "playwright-core";
import { type LocalStack, startLocalStack } from "../../stack";
import { launchBrowser } from "./browser";
import { makeOriginals } from "./originals";

/** Two candidates, and WebP to offer before the original's format. */
const CONFIG = {
  sizes: ["250w", "335w", "640x480"],
  formats: ["webp"],
  "resizer.rateLimit": 1000,
  "resizer.burstLimit": 1000,
};
/** A bound for a page that never gets there: much more than a slow machine needs. */
const TIMEOUT_MS = 300_000;

/** A stack with its gallery in a browser, for the tests of one suite. */
export class GalleryPage {
  stack!: LocalStack;
  page!: Page;
  /** Console messages of the page, checked after every test. */
  readonly problems: string[] = [];
  /** Variants that the function has written. */
  variantsWritten = 0;
  /** Requests of all pages. */
  requests = 0;
  readonly #hosts = new Set<string>();
  #browser: Browser | undefined;
  readonly #closers: (() => Promise<unknown>)[] = [];

  /** Starts everything with the suite that calls it, and ends with it what was started. */
  static ofSuite({ originals = 0 } = {}): GalleryPage {
    const gallery = new GalleryPage();
    before(async () => {
      const browser = (gallery.#browser = await launchBrowser());
      gallery.#closers.push(() => browser.close());
      await gallery.start(await makeOriginals(originals));
    });
    after(() => Promise.all(gallery.#closers.map((close) => close())));
    afterEach(async function () {
      if (this.currentTest?.isFailed()) console.error(await gallery.#describe());
      await gallery.#endTest();
    });
    return gallery;
  }

  async open(width: number, path = "", origin = this.stack.endpoints.gallery): Promise<Page> {
    assert.ok(this.#browser);
    const context = await this.#browser.newContext({ viewport: { width, height: 800 } });
    context.setDefaultTimeout(TIMEOUT_MS);
    const page = (this.page = await context.newPage());
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) this.problems.push(message.text());
    });
    page.on("pageerror", (error) => this.problems.push(error.message));
    page.on("request", (request) => {
      this.requests += 1;
      this.#hosts.add(new URL(request.url()).hostname);
    });
    await page.exposeFunction("variantsWritten", () => this.variantsWritten);
    await page.goto(origin + path);
    await page.getByText("live", { exact: true }).waitFor();
    await page.locator(".card:enabled").first().waitFor();
    return page;
  }

  card(key: string): Locator {
    return this.page.locator(`.card[data-key=${JSON.stringify(key)}]`);
  }

  /** The dialog of an original, once each of the six variants is answered. */
  async openDialog(key: string): Promise<Locator> {
    await this.card(key).click();
    const dialog = this.page.getByRole("dialog", { name: key });
    await dialog.getByText(/^6 variants, /).waitFor();
    return dialog;
  }

  /** The newest row of the inspector for a path. */
  row(path: string): Locator {
    const rows = this.page.locator(".requests > li");
    return rows.filter({ hasText: `GET ${path}` }).first();
  }

  /** Requests a path from the CDN and waits for the last of so many answers. */
  async send(path: string, answers: number): Promise<Locator> {
    await this.page.getByLabel("Request a path from the CDN").fill(path);
    await this.page.getByRole("button", { name: "Send" }).click();
    const legs = this.page.locator(".result li");
    // The answers to an earlier request may still be shown.
    await legs.first().getByText(encodeURI(path)).waitFor();
    await legs.nth(answers - 1).waitFor();
    return legs;
  }

  /** Starts the stack with the originals of a folder. */
  async start(images: string): Promise<void> {
    this.#closers.push(() => rm(images, { recursive: true }));
    const stack = (this.stack = await startLocalStack({ stack: "dev", port: 0, images, config: CONFIG }));
    this.#closers.push(() => stack.close());
    stack.trace.listen(({ part, what, status, entry }) => {
      if (part === "s3" && what.startsWith("PutObject") && status === 200 && !entry) this.variantsWritten += 1;
    });
  }

  /** The page as a failed test leaves it. */
  async #describe(): Promise<string> {
    const focused = await this.page.evaluate("document.activeElement.outerHTML.slice(0, 200)");
    return `${this.page.url()}, the focus on ${String(focused)}:\n${await this.page.locator("body").innerText()}`;
  }

  /** The page reached the stack only, and nothing went wrong in it. */
  async #endTest(): Promise<void> {
    for (const context of this.#browser?.contexts() ?? []) await context.close();
    assert.deepEqual(this.problems.splice(0), []);
    assert.deepEqual([...this.#hosts].sort(), ["localhost"]);
    this.#hosts.clear();
  }
}
