import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import type { AxeResults } from "axe-core";
import type { Browser, Locator, Page } from "playwright-core";
import sharp from "sharp";
import { type LocalStack, startLocalStack } from "../../stack";
import { launchBrowser } from "../support/browser";
import { ask } from "../support/http";
import { makeOriginals } from "../support/originals";

const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
/** Two candidates, and WebP to offer before the original's format. */
const CONFIG = {
  sizes: ["250w", "335w", "640x480"],
  formats: ["webp"],
  "resizer.rateLimit": 1000,
  "resizer.burstLimit": 1000,
};
const HOSTILE = `<img src=x onerror="document.title='it ran'">.png`;

describe("the gallery in a browser", function () {
  // The first run unpacks the browser.
  this.timeout(90_000);
  let images: string;
  let browser: Browser;
  let stack: LocalStack;
  /** Variants that the function has written. */
  let made = 0;
  before(async () => {
    [images, browser] = await Promise.all([makeOriginals(), launchBrowser()]);
    stack = await startLocalStack({ stack: "dev", port: 0, images, config: CONFIG });
    stack.trace.listen(({ part, what, status, entry }) => {
      if (part === "s3" && what.startsWith("PutObject") && status === 200 && !entry) made += 1;
    });
  });
  after(async () => {
    await browser.close();
    await stack.close();
    await rm(images, { recursive: true });
  });

  /** What went wrong in the page, and where it went: checked after every test. */
  const problems: string[] = [];
  const hosts = new Set<string>();
  let page: Page;
  afterEach(async () => {
    await page.context().close();
    assert.deepEqual(problems.splice(0), []);
    assert.deepEqual([...hosts].sort(), ["localhost"]);
    hosts.clear();
  });

  async function open(width: number, more: { colorScheme?: "light" | "dark" } = {}): Promise<void> {
    const context = await browser.newContext({ viewport: { width, height: 800 }, ...more });
    page = await context.newPage();
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("request", (request) => hosts.add(new URL(request.url()).hostname));
    await page.goto(stack.endpoints.gallery);
    await page.getByText("live", { exact: true }).waitFor();
    await page.locator(".card").first().waitFor();
  }

  const card = (key: string) => page.locator(".card").and(page.locator(`[data-key=${JSON.stringify(key)}]`));
  const row = (path: string) =>
    page
      .locator("#request-list > li")
      .filter({ hasText: `GET ${path}` })
      .first();

  async function until<T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<T> {
    for (;;) {
      const value = await read();
      if (wanted(value)) return value;
      await page.waitForTimeout(50);
    }
  }

  /** The colour in the middle of what is on the screen. */
  async function colourOf(element: Locator): Promise<"red" | "blue" | "other"> {
    const { data } = await sharp(await element.screenshot())
      .removeAlpha()
      .resize(1, 1)
      .raw()
      .toBuffer({ resolveWithObject: true });
    const [red = 0, green = 0, blue = 0] = data;
    if (green > 90) return "other";
    return red > 150 ? "red" : blue > 150 ? "blue" : "other";
  }

  const picture = (background: string) =>
    sharp({ create: { width: 800, height: 600, channels: 3, background } })
      .png()
      .toBuffer();

  it("renders every photograph by its variants", async () => {
    await open(1600);
    const cards = await page.locator(".card").all();
    assert.equal(cards.length, 19);
    for (const one of cards) {
      const image = one.locator("img");
      await image.scrollIntoViewIfNeeded();
      await until(
        () => image.evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth),
        (width) => width > 0,
      );
      const source = await image.evaluate((element) => (element as unknown as { currentSrc: string }).currentSrc);
      assert.match(source, /^http:\/\/localhost:\d+\/(p_\d\/)?335w\.webp\/[^/]+$/);
    }
    assert.equal(await page.locator("#gallery-count").textContent(), "19 originals");
  });

  for (const [width, candidate] of [
    [360, "335w"],
    [800, "250w"],
  ] as const) {
    it(`has the browser choose ${candidate} at a width of ${width}`, async () => {
      await open(width);
      const image = card("top.jpg").locator("img");
      await image.scrollIntoViewIfNeeded();
      const source = await until(
        () => image.evaluate((element) => (element as unknown as { currentSrc: string }).currentSrc),
        (url) => url !== "",
      );
      assert.equal(source, `${stack.endpoints.cdn}/${candidate}.webp/top.jpg`);
      assert.equal(
        await image.getAttribute("srcset"),
        [250, 335].map((w) => `${stack.endpoints.cdn}/${w}w/top.jpg ${w}w`).join(", "),
      );
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
    });
  }

  it("shows all variants of a photograph side by side, at true size", async () => {
    await open(1600);
    await card("p_1/photo.jpg").click();
    const dialog = page.getByRole("dialog", { name: "p_1/photo.jpg" });
    await dialog.getByText(/^6 variants, /).waitFor();
    const figures = await dialog.locator("figure").all();
    const sizes = await Promise.all(
      figures.map((figure) =>
        figure.locator("img").evaluate((element) => {
          const { naturalWidth, naturalHeight, width } = element as unknown as Record<string, number>;
          return [naturalWidth, naturalHeight, width === naturalWidth];
        }),
      ),
    );
    const [small, larger, box] = [
      [250, 188, true],
      [335, 251, true],
      [640, 480, true],
    ];
    assert.deepEqual(sizes, [[800, 600, false], small, small, larger, larger, box, box]);
    const captions = await dialog.locator("figcaption").allInnerTexts();
    const tidy = captions.map((text) => text.replace(/\s+/g, " ").replace(/[\d.]+ K?B/, "N B"));
    assert.match(tidy[0] ?? "", /^original 800 × 600 px N B shown smaller$/);
    // The stack's formats are negotiated: without one in the key, this browser is given WebP.
    assert.match(tidy[1] ?? "", /^250w 250 × 188 px WEBP N B (> )?\d+ % smaller (made in|there already)/);
    assert.match(tidy[2] ?? "", /^250w\.webp 250 × 188 px WEBP N B (> )?\d+ % smaller /);
  });

  it("takes an original that is dropped, whatever it is called, and shows it when it is replaced", async () => {
    await open(1600);
    const key = `uploads/${HOSTILE}`;
    const bytes = (await picture("rgb(200, 0, 0)")).toString("base64");
    await page.evaluate(`{
      const bytes = Uint8Array.from(atob("${bytes}"), (character) => character.charCodeAt(0));
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([bytes], ${JSON.stringify(HOSTILE)}));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }`);
    const frame = card(key).locator(".frame");
    await frame.locator("img.loaded").waitFor();
    assert.equal(await card(key).locator("b").textContent(), HOSTILE);
    await until(
      () => colourOf(frame),
      (colour) => colour === "red",
    );

    await card(key).click();
    const dialog = page.getByRole("dialog", { name: key });
    await dialog.getByText(/^6 variants, /).waitFor();
    const variant = dialog.locator("figure").nth(1).locator("img");
    assert.equal(await colourOf(variant), "red");
    const file = { name: "other name.png", mimeType: "image/png", buffer: await picture("rgb(0, 0, 200)") };
    await dialog.getByLabel("Replace by").setInputFiles(file);
    await until(
      () => colourOf(variant).catch(() => "gone"),
      (colour) => colour === "blue",
    );
    await dialog.getByText(/^6 variants, /).waitFor();
    await dialog.getByRole("button", { name: "Close" }).click();
    await until(
      () => colourOf(frame),
      (colour) => colour === "blue",
    );
    // The request and its key are shown in the inspector too.
    assert.ok((await page.locator("#request-list").innerText()).includes(`PutObject ${key}`));
    assert.equal(await page.title(), "dev · image-resizer");
  });

  it("takes an original that is chosen, and says why it does not take another", async () => {
    await open(800);
    await page.getByLabel("Folder").fill("/ä b/");
    const buffer = await picture("rgb(200, 0, 0)");
    const input = page.getByLabel("Add originals, or drop them anywhere");
    await input.setInputFiles({ name: "x+y.png", mimeType: "image/png", buffer });
    await card("ä b/x+y.png").waitFor();
    assert.equal(await page.locator("#gallery-count").textContent(), "21 originals");
    // A browser takes notes of what a server refuses: here it is wanted.
    await input.setInputFiles({ name: "x.gif", mimeType: "image/gif", buffer });
    const refusal = "ä b/x.gif is no picture by its name: originals are jpg, jpeg, png, webp and avif files.";
    await page.getByText(refusal).waitFor();
    assert.match(problems.splice(0).join(), /^Failed to load resource: .* 415 /);
  });

  it("shows every hop of a miss, then the hit, as they happen", async () => {
    await open(1600);
    const url = `${stack.endpoints.cdn}/p_1/640x480/sideways.jpg`;
    const follow = async () => {
      for (let next: string | undefined = url; next;) next = (await ask(next)).headers.location;
    };
    await follow();
    const made = row("/p_1/640x480/sideways.jpg");
    await made.locator(".chip", { hasText: "made" }).waitFor();
    await made.locator("summary").click();
    await made.locator(".exchange").nth(2).waitFor();
    const exchanges = await made.locator(".exchange").all();
    const hops = await Promise.all(
      exchanges.map(async (exchange) => {
        const texts = (column: string) => exchange.locator(`tbody ${column}`).allInnerTexts();
        const [parts, whats, statuses] = await Promise.all([texts("th"), texts(".what > span"), texts(".status")]);
        return parts.map((part, index) => [part, whats[index], statuses[index]].join(" "));
      }),
    );
    assert.deepEqual(hops, [
      [
        "CDN GET /p_1/640x480/sideways.jpg 307",
        "Edge viewer request /p_1/640x480/sideways.jpg 200",
        "S3 website GET /p_1/640x480/sideways.jpg 307",
        "IAM s3:GetObject allowed 200",
      ],
      [
        "HTTP API GET /dev/resizer?key=p_1/640x480/sideways.jpg 301",
        "Function invoke image-resizer-dev-resizer 200",
        "S3 GetObject p_1/sideways.jpg 200",
        "IAM s3:GetObject allowed 200",
        "S3 PutObject p_1/640x480/sideways.jpg 200",
        "IAM s3:PutObject allowed 200",
        "IAM s3:PutObjectTagging allowed 200",
      ],
      [
        "CDN GET /p_1/640x480/sideways.jpg 200",
        "Edge viewer request /p_1/640x480/sideways.jpg 200",
        "S3 website GET /p_1/640x480/sideways.jpg 200",
        "IAM s3:GetObject allowed 200",
      ],
    ]);
    assert.equal(await made.locator(".curl code").textContent(), `curl -s -D - -o /dev/null -L '${url}'`);
    const headers = await made.locator(".exchange").nth(1).locator(".headers").innerText();
    assert.match(headers, /cache-control\s+no-store/);

    await follow();
    const hit = row("/p_1/640x480/sideways.jpg");
    await hit.locator(".chip", { hasText: "hit" }).waitFor();
    await hit.locator("summary").click();
    await hit.locator(".exchange").waitFor();
    assert.deepEqual(await hit.locator("tbody th").allInnerTexts(), ["CDN", "Edge"]);
    assert.match(await hit.locator(".headers").innerText(), /x-cache\s+Hit from cloudfront/);

    await page.getByLabel("Outcome").selectOption("hit");
    await page.getByLabel("Filter").fill("640x480/sideways");
    await until(
      () => page.locator("#request-list > li").count(),
      (count) => count === 1,
    );
    await page.getByLabel("Outcome").selectOption("failed");
    await page.getByText("No request is as the filters say.").waitFor();
  });

  it("counts what it shows", async () => {
    await open(1600);
    const figure = (id: string) => page.locator(`#${id} .figure`).innerText();
    await page.getByLabel("Ask the CDN for a path").fill("/p_1/250w/PHOTO.JPG");
    await page.getByRole("button", { name: "Ask" }).click();
    await page.locator("#try-result li").nth(2).waitFor();
    await until(
      () => figure("variants-made"),
      (text) => text === String(made),
    );
    assert.match(await figure("hit-ratio"), /^\d+ %$/);
    assert.match(await figure("bytes-saved"), /^[\d.]+ (K|M)B$/);
    const parts = await page.locator("#times tbody th").allInnerTexts();
    assert.deepEqual(parts, ["Edge", "CDN", "S3 website", "HTTP API", "Function", "S3", "IAM"]);
  });

  it("shows what a refused size answers, hop by hop", async () => {
    await open(1600);
    await page.getByRole("button", { name: "an unlisted size" }).click();
    const legs = page.locator("#try-result li");
    await legs.nth(1).waitFor();
    assert.deepEqual(await legs.locator(".chip").allInnerTexts(), ["307", "404"]);
    assert.match(
      await legs.nth(1).innerText(),
      /"error":"size-not-allowed","message":"The size 641x7 is not made here."/,
    );
    const refused = row("/p_1/641x7/PHOTO.JPG");
    assert.equal(await refused.locator("summary .chip").innerText(), "refused");
    assert.equal(await refused.locator("details").getAttribute("open"), "");
  });

  it("denies a permission, and the flow fails until it is restored", async () => {
    await open(1600);
    const permission = page.getByRole("switch", { name: /^s3:PutObject for image-resizer-\w+-resizer/ });
    const ask = async (statuses: string[]) => {
      await page.getByRole("button", { name: "Ask" }).click();
      const chips = page.locator("#try-result .leg .chip");
      await until(
        () => chips.allInnerTexts(),
        (shown) => shown.join() === statuses.join(),
      );
    };
    await page.getByLabel("Ask the CDN for a path").fill("/p_2/250w/日本の山.jpg");
    await permission.click();
    await page.locator(".switches .denied").waitFor();
    await ask(["307", "500"]);
    const failed = row("/p_2/250w/日本の山.jpg");
    await failed
      .getByText(/denied by statement 1 of Denied in the gallery: s3:PutObject/)
      .first()
      .waitFor();
    await permission.click();
    await page.locator(".switches .denied").waitFor({ state: "detached" });
    await ask(["307", "301", "200"]);
  });

  it("is used by keyboard alone", async () => {
    await open(1600);
    await page.getByLabel("Add originals, or drop them anywhere").focus();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate("document.activeElement.dataset.key"), "p_1/PHOTO.JPG");
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "p_1/PHOTO.JPG" });
    await dialog.getByText(/^6 variants, /).waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    assert.equal(await page.evaluate("document.activeElement.dataset.key"), "p_1/PHOTO.JPG");
  });

  for (const [colorScheme, width] of [
    ["light", 1600],
    ["dark", 360],
    ["dark", 1600],
  ] as const) {
    it(`has no serious accessibility finding, ${colorScheme} at ${width}`, async () => {
      await open(width, { colorScheme });
      await page.getByRole("button", { name: "a missing original" }).click();
      await page.locator("#try-result li").nth(1).waitFor();
      await page.locator(".exchange").first().waitFor();
      assert.deepEqual(await findings(), []);
      assert.equal(await page.evaluate("document.documentElement.scrollWidth"), width);
      await card("p_1/PHOTO.JPG").click();
      await page.getByText(/^6 variants, /).waitFor();
      assert.deepEqual(await findings(), []);
    });
  }

  async function findings(): Promise<string[]> {
    await page.evaluate(AXE);
    const { violations } = await page.evaluate<AxeResults>("axe.run()");
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  }
});
