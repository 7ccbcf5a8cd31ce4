import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, readFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import sharp from "sharp";
import { localUrl } from "../../hosts";
import { follow } from "../support/flow";
import { freedAfterEach } from "../support/freed";
import { GalleryPage } from "../support/gallery-page";

/** A port that stays while stacks end and start, because another program may take that of one that has ended. */
async function startRelay(portBehind: () => string): Promise<{ url: string; close: () => void }> {
  const relay = net.createServer((client) => {
    const gallery = net.connect(Number(portBehind()), "127.0.0.1");
    for (const [end, other] of [
      [client, gallery],
      [gallery, client],
    ] as const) {
      end.on("error", () => undefined).on("close", () => other.destroy());
      end.pipe(other);
    }
  });
  await once(relay.listen(0, "127.0.0.1"), "listening");
  return { url: localUrl((relay.address() as net.AddressInfo).port), close: () => relay.close() };
}

describe("the inspector in a browser", () => {
  const free = freedAfterEach();
  const gallery = GalleryPage.ofSuite();

  it("shows every hop of a miss, then the hit, as they happen", async () => {
    const page = await gallery.open(1600);
    const path = "/p_1/640x480/sideways.jpg";
    const url = gallery.stack.endpoints.cdn + path;
    await follow(url);
    const created = gallery.row(path);
    await created.locator(".chip", { hasText: "created" }).waitFor();
    await created.locator("summary").click();
    await created.locator(".exchange").nth(2).waitFor();
    const exchanges = await created.locator(".exchange").all();
    const hops = await Promise.all(
      exchanges.map(async (exchange) => {
        const texts = (column: string) => exchange.locator(`tbody ${column}`).allInnerTexts();
        const [parts, steps, statuses] = await Promise.all([texts("th"), texts(".step > span"), texts(".chip")]);
        return parts.map((part, index) => [part, steps[index], statuses[index]].join(" "));
      }),
    );
    // The function's calls of S3 end in any order: two of them are under way at once.
    hops[1]?.sort();
    assert.deepEqual(hops, [
      [
        "CDN GET /p_1/640x480/sideways.jpg 307",
        "Edge viewer request /p_1/640x480/sideways.jpg 200",
        "S3 website GET /p_1/640x480/sideways.jpg 307",
        "IAM s3:GetObject allowed 200",
      ],
      [
        "Function invoke image-resizer-dev-resizer 200",
        "HTTP API GET /dev/resizer?key=p_1/640x480/sideways.jpg 301",
        "IAM s3:GetObject allowed 200",
        "IAM s3:GetObject allowed 200",
        "IAM s3:ListBucket denied 403",
        "IAM s3:PutObject allowed 200",
        "IAM s3:PutObjectTagging allowed 200",
        "S3 GetObject p_1/sideways.jpg 200",
        "S3 HeadObject p_1/640x480/sideways.jpg 403",
        "S3 PutObject p_1/640x480/sideways.jpg 200",
      ],
      [
        "CDN GET /p_1/640x480/sideways.jpg 200",
        "Edge viewer request /p_1/640x480/sideways.jpg 200",
        "S3 website GET /p_1/640x480/sideways.jpg 200",
        "IAM s3:GetObject allowed 200",
      ],
    ]);
    assert.equal(await created.locator(".curl").innerText(), `curl -s -D - -o /dev/null -L '${url}'`);
    assert.match(await created.locator(".exchange").nth(1).innerText(), /cache-control\s+no-store/);

    await follow(url);
    const hit = gallery.row(path);
    await hit.locator(".chip", { hasText: "hit" }).waitFor();
    await hit.locator("summary").click();
    await hit.locator(".exchange").waitFor();
    assert.deepEqual(await hit.locator("tbody th").allInnerTexts(), ["CDN", "Edge"]);
    assert.match(await hit.locator(".exchange").innerText(), /x-cache\s+Hit from cloudfront/);

    await page.getByLabel("Outcome").selectOption("hit");
    await page.getByLabel("Filter by text or status").fill("640x480/sideways");
    await page.locator(".requests > li").nth(1).waitFor({ state: "detached" });
    assert.equal(await page.locator(".requests > li").count(), 1);
    await page.getByLabel("Outcome").selectOption("failed");
    await page.getByText("No request matches the filters.").waitFor();
  });

  it("keeps what is shown while it is held, and clears it", async () => {
    const page = await gallery.open(1600);
    await gallery.send("/p_1/250w/not-there.jpg", 2);
    await gallery.row("/p_1/250w/not-there.jpg").locator(".chip", { hasText: "rejected" }).first().waitFor();
    await page.getByLabel("Hold").check();
    const rows = page.locator(".requests > li");
    const count = await rows.count();
    await gallery.send("/p_1/250w/not-here.jpg", 2);
    assert.equal(await rows.count(), count);
    await page.getByLabel("Hold").uncheck();
    await gallery.row("/p_1/250w/not-here.jpg").waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByText("No requests yet.").waitFor();
  });

  it("counts what it shows", async () => {
    const page = await gallery.open(1600);
    await gallery.send("/p_1/250w/PHOTO.JPG", 3);
    const figure = (name: string) => page.getByRole("group", { name }).locator(".figure");
    await page.waitForFunction(`(async () => {
      const { textContent } = document.querySelector("[aria-label='Variants created'] .figure");
      return textContent === String(await variantsWritten());
    })()`);
    assert.match(await figure("Hit ratio").innerText(), /^\d+ %$/);
    assert.match(await figure("Bytes saved").innerText(), /^[\d.]+ (K|M)B$/);
    const parts = await page.getByRole("group", { name: "Time by hop" }).locator("dt").allInnerTexts();
    assert.deepEqual(parts, ["Edge", "CDN", "S3 website", "HTTP API", "Function", "S3", "IAM"]);
    for (const width of [505, 560, 740, 1000, 1100]) {
      await page.setViewportSize({ width, height: 800 });
      const tiles = await page.locator(".numbers .panel").evaluateAll((all) => {
        return (all as unknown as Record<string, number>[]).map((one) => one.scrollWidth === one.clientWidth);
      });
      assert.deepEqual(tiles, [true, true, true, true], `the tiles at ${width}`);
    }
  });

  it("shows the answers to a size that is not listed, hop by hop", async () => {
    const page = await gallery.open(1600);
    await page.getByRole("button", { name: "an unlisted size" }).click();
    const legs = page.locator(".result li");
    await legs.nth(1).waitFor();
    assert.deepEqual(await legs.locator(".chip").allInnerTexts(), ["307", "404"]);
    assert.match(await legs.nth(1).innerText(), /"error":"size-not-allowed","message":"The size 641x7 /);
    const rejected = gallery.row("/p_1/641x7/PHOTO.JPG");
    await rejected.locator("details[open] .exchange").nth(1).waitFor();
    assert.equal(await rejected.locator("summary .chip").innerText(), "rejected");
  });

  it("denies a permission, and the flow fails until it is restored", async () => {
    const page = await gallery.open(1600);
    const path = "/p_2/250w/日本の山.jpg";
    const permission = page.getByRole("switch", { name: /^s3:PutObject for image-resizer-\w+-resizer/ });
    await permission.click();
    await page.locator(".switch.denied").waitFor();
    const failed = await gallery.send(path, 2);
    assert.deepEqual(await failed.locator(".chip").allInnerTexts(), ["307", "500"]);
    const reason = /denied by statement 1 of Denied in the gallery: s3:PutObject/;
    await gallery.row(path).getByText(reason).first().waitFor();
    await permission.click();
    await page.locator(".switch.denied").waitFor({ state: "detached" });
    const legs = await gallery.send(path, 3);
    assert.deepEqual(await legs.locator(".chip").allInnerTexts(), ["307", "301", "200"]);
  });

  it("shows only the user's own requests, and exports those that are shown", async () => {
    const page = await gallery.open(1600);
    await gallery.send("/p_1/250w/own.jpg", 2);
    const own = gallery.row("/p_1/250w/own.jpg");
    await own.locator(".exchange").nth(1).waitFor();
    await page.getByLabel("Only mine").check();
    assert.equal(await page.locator(".requests > li").count(), 1);
    assert.match(await own.locator("summary small").innerText(), /^\d\d:\d\d:\d\d, 2 requests, 404, /);
    const downloading = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export HAR" }).click();
    const download = await downloading;
    assert.equal(download.suggestedFilename(), "image-resizer.har");
    const { log } = JSON.parse(await readFile(await download.path(), "utf8")) as { log: { entries: unknown[] } };
    assert.equal(log.entries.length, 2);
  });

  it("says once that the stack has ended, and shows the originals of the next one", async () => {
    const relay = await startRelay(() => new URL(gallery.stack.endpoints.gallery).port);
    free(relay.close);
    const page = await gallery.open(1600, "", relay.url);
    const dialog = await gallery.openDialog("p_1/photo.jpg");
    await gallery.stack.close();
    await page.getByText("the stack does not answer").waitFor();
    await dialog.getByRole("button", { name: "Next" }).click();
    const sentence = page.getByText("The stack does not answer: start it again with npm start.");
    await sentence.waitFor();
    assert.equal(await sentence.count(), 1);
    const images = await mkdtemp(path.join(tmpdir(), "originals-"));
    await sharp({ create: { width: 80, height: 60, channels: 3, background: "red" } }).toFile(`${images}/other.png`);
    await gallery.start(images);
    await page.keyboard.press("Escape");
    await gallery.card("other.png").waitFor();
    await page.getByText("1 original", { exact: true }).waitFor();
    // The browser's console names each request that fails: here they are wanted.
    assert.match(gallery.problems.splice(0).join(), /Failed to load resource: net::ERR_/);
  });
});
