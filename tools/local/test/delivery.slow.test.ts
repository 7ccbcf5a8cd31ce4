import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import sharp from "sharp";
import type { S3Operation } from "../s3/operations";
import { type LocalStack, startLocalStack } from "../stack";
import type { Hop } from "../trace";
import { administrator, follow, pathOf, statuses } from "./support/flow";
import { freedAfterAll } from "./support/freed";
import { type Answer, ask } from "./support/http";
import { addPictures, AWKWARD_NAMES, HEIGHT, makeOriginals, WIDTH } from "./support/originals";

const BASE = {
  sizes: ["360x270", "640w", "1920w"],
  "resizer.rateLimit": 1000,
  "resizer.burstLimit": 1000,
  "cdn.validateAtEdge": true,
};
/** `Accept` headers of browsers for an `<img>`, and of other clients. */
const VIEWERS: readonly (readonly [viewer: string, accept: string | undefined, format: "avif" | "webp" | undefined])[] =
  [
    ["Chrome", "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", "avif"],
    [
      "Safari",
      "image/webp,image/avif,image/jxl,image/heic,image/heic-sequence,video/*;q=0.8,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5",
      "avif",
    ],
    ["Safari 14", "image/webp,image/png,image/svg+xml,image/*;q=0.8,video/*;q=0.8,*/*;q=0.5", "webp"],
    ["curl", "*/*", undefined],
    ["a client that says nothing", undefined, undefined],
    ["a client that refuses AVIF", "image/avif;q=0,image/webp,*/*", "webp"],
  ];
const CHROME = { accept: VIEWERS[0]?.[1] ?? "" };

for (const delivery of ["redirect", "failover"] as const) {
  for (const formats of [[], ["avif", "webp"]]) {
    describe(`delivery: ${delivery} ${formats.length > 0 ? `with ${formats.join(" and ")}` : "without formats"}`, () => {
      const free = freedAfterAll();
      let stack: LocalStack;
      const hops: Hop[] = [];
      const miss = delivery === "redirect" ? [307, 301, 200] : [200];

      before(async () => {
        const images = await makeOriginals();
        free(() => rm(images, { recursive: true }));
        await addPictures(images);
        const config = { ...BASE, "cdn.delivery": delivery, formats };
        stack = await startLocalStack({ stack: "dev", config, port: 0, images });
        free(() => stack.close());
        stack.trace.listen((hop) => hops.push(hop));
      });

      const get = (key: string, headers: Readonly<Record<string, string>> = {}, method = "GET") =>
        follow(stack.endpoints.cdn + pathOf(key), { headers, method });

      /** The calls to S3 and to Lambda that some work makes. */
      async function callsOf(work: () => Promise<unknown>): Promise<string[]> {
        hops.length = 0;
        await work();
        return hops
          .filter(({ part }) => part === "function" || part === "s3" || part === "website")
          .sort((one, other) => one.startedAt - other.startedAt)
          .map(({ part, what, status }) =>
            part === "s3" ? `${what.split(" ", 1)[0] ?? ""} ${status}` : `${part} ${status}`,
          )
          .sort();
      }

      const isMade = (answer: Answer | undefined) => {
        assert.equal(answer?.status, 200);
        return sharp(answer.body).metadata();
      };

      for (const [index, [viewer, accept, wanted]] of VIEWERS.entries()) {
        const format = formats.length > 0 ? wanted : undefined;
        it(`serves ${viewer} ${format ?? "the original's format"}, the right way up and in size`, async () => {
          const headers = accept === undefined ? {} : { accept };
          for (const [key, own] of [
            [`p_1/640w/sideways.jpg`, "jpeg"],
            [`p_1/360x270/photo.png`, "png"],
          ] as const) {
            const answers = await get(key, headers);
            const answer = answers.at(-1);
            const { format: made, compression, width, height, orientation } = await isMade(answer);
            assert.equal(made === "heif" ? compression : made, format === "avif" ? "av1" : (format ?? own));
            assert.equal(answer?.headers["content-type"], `image/${format ?? own}`);
            const size = own === "png" ? [360, 270] : [HEIGHT, WIDTH];
            assert.deepEqual([width, height, orientation], [...size, undefined]);
            assert.equal(answers[0]?.headers.vary, formats.length > 0 ? "Accept" : undefined);
            // Only who asks first for a format waits for it.
            const isFirst = VIEWERS.findIndex(([, , it]) => (formats.length > 0 ? it : undefined) === format) === index;
            assert.deepEqual(statuses(answers), isFirst ? miss : [200]);
          }
        });
      }

      it("costs what a miss costs, and a hit nothing", async () => {
        const key = "p_1/640w/other.jpg";
        const made = ["GetObject 200", "HeadObject 403", "PutObject 200", "function 200"];
        const onMiss = await callsOf(() => get(key, CHROME));
        assert.deepEqual(
          onMiss,
          delivery === "redirect"
            ? [...made, "website 200", "website 307"]
            : ["GetObject 200", "GetObject 403", ...made.slice(1)],
        );
        assert.deepEqual(await callsOf(() => get(key, CHROME)), []);
        const stored = await administrator(stack).keys("p_1/640w");
        const variant = formats.length > 0 ? "p_1/640w.avif/other.jpg" : key;
        assert.ok(stored.includes(variant));
        const [hit] = await get(key, CHROME);
        const object = await administrator(stack).get(variant);
        assert.equal(hit?.headers["x-cache"], "Hit from cloudfront");
        assert.deepEqual(hit.body, object.bytes);
        assert.deepEqual(
          [hit.headers["content-type"], hit.headers["cache-control"], hit.headers.etag],
          [object.ContentType, object.CacheControl, object.ETag],
        );
      });

      it("keeps a transparent image transparent", async () => {
        const { hasAlpha, channels } = await isMade((await get("p_1/640w/glass.png", CHROME)).at(-1));
        assert.deepEqual([hasAlpha, channels], [true, 4]);
        const { data } = await sharp((await get("p_1/640w/glass.png", CHROME)).at(-1)?.body)
          .raw()
          .toBuffer({ resolveWithObject: true });
        assert.ok((data[3] ?? 255) < 10);
      });

      for (const awkward of AWKWARD_NAMES) {
        it(`serves an original called ${awkward}`, async () => {
          const key = `p_2/360x270/${awkward}`;
          assert.deepEqual(statuses(await get(key)), miss);
          assert.equal((await isMade((await get(key)).at(-1))).width, 360);
          assert.deepEqual(await administrator(stack).keys(key), [key]);
        });
      }

      it("serves an original as it is", async () => {
        const [answer] = await get("p_1/photo.jpg", CHROME);
        const { width, height } = await isMade(answer);
        assert.deepEqual([width, height, answer?.headers["content-type"]], [WIDTH, HEIGHT, "image/jpeg"]);
      });

      it(`lets ${delivery === "redirect" ? "every client" : "the CDN alone"} ask the API`, async () => {
        const url = `${stack.endpoints.api}/resizer${delivery === "redirect" ? "" : "/a"}?key=1920w/top.jpg`;
        const answer = await ask(url, { headers: { "x-cdn-key": "a" } });
        assert.equal(answer.status, delivery === "redirect" ? 301 : 403);
        assert.equal((await administrator(stack).keys("1920w/top.jpg")).length, delivery === "redirect" ? 1 : 0);
      });

      it("answers HEAD as GET", async () => {
        const answers = await get("360x270/top.jpg", {}, "HEAD");
        assert.deepEqual(statuses(answers), miss);
        assert.equal(answers.at(-1)?.body.length, 0);
        assert.match(answers.at(-1)?.headers["content-length"] ?? "", /^[1-9]\d+$/);
        assert.equal(answers.at(-1)?.headers["content-type"], "image/jpeg");
      });

      for (const [key, status, error] of [
        ["p_1/641w/photo.jpg", 404, "size-not-allowed"],
        ["p_1/640w/360x270/photo.jpg", 400, "malformed-key"],
        ["p_1//640w/photo.jpg", 400, "malformed-key"],
        ["p_1/640w.jpeg/photo.jpg", 404, "format-not-allowed"],
      ] as const) {
        it(`rejects ${key} at the edge, at the cost of nothing`, async () => {
          let answers: Answer[] = [];
          const calls = await callsOf(async () => {
            answers = await get(key, CHROME);
          });
          assert.deepEqual([statuses(answers), calls], [[status], []]);
          const [answer] = answers;
          assert.equal((JSON.parse(answer?.body.toString() ?? "") as { error: string }).error, error);
          assert.equal(answer?.headers["cache-control"], "public, max-age=60");
        });
      }

      it("says 404 of an original that is not there, and makes nothing", async () => {
        const writes = stack.storage.count("PutObject");
        const answers = await get("p_1/640w/missing.jpg", CHROME);
        assert.deepEqual(statuses(answers), delivery === "redirect" ? [307, 404] : [404]);
        assert.equal(answers.at(-1)?.headers["cache-control"], "public, max-age=60");
        assert.equal(stack.storage.count("PutObject"), writes);
        if (delivery === "failover") {
          // For a short while CloudFront says so by itself.
          assert.deepEqual(await callsOf(() => get("p_1/640w/missing.jpg", CHROME)), []);
        }
      });

      it("serves a variant that is too large for Lambda's answer", async () => {
        const operations: S3Operation[] = ["PutObject", "CreateMultipartUpload"];
        const before = operations.map((operation) => stack.storage.count(operation));
        const answers = await get("p_1/1920w/noise.png");
        assert.deepEqual(statuses(answers), delivery === "redirect" ? miss : [302, 200]);
        const [first] = answers;
        const { width } = await isMade(answers.at(-1));
        assert.equal(width, 1300);
        assert.ok((answers.at(-1)?.body.length ?? 0) > 4_718_556);
        if (delivery === "failover") {
          assert.equal(first?.headers["cache-control"], "private, no-store");
          assert.equal(first.headers.location, "/p_1/1920w/noise.png");
        }
        assert.deepEqual(
          operations.map((operation, index) => stack.storage.count(operation) - (before[index] ?? 0)),
          [1, 0],
        );
        assert.deepEqual(statuses(await get("p_1/1920w/noise.png")), [200]);
      });

      it("serves at the API's own URL what the allow-list does, and nothing else", async () => {
        const { api } = stack.endpoints;
        const at = (target: string, method = "GET") => ask(api + target, { method });
        const route = delivery === "redirect" ? "/resizer" : "/resizer/x";
        const query = (key: string) => `${route}?key=${encodeURIComponent(key)}`;
        // With failover the function answers the CDN alone, which knows its key.
        const answered = (status: number) => (delivery === "redirect" ? status : 403);
        const asked: readonly [target: string, status: number][] = [
          [query("p_1/360x270/other.jpg"), answered(301)],
          [query("p_1/other.jpg"), answered(400)],
          [query("p_1/641w/other.jpg"), answered(404)],
          [query("p_1/640w/360x270/other.jpg"), answered(400)],
          [query("p_1/640w/missing.jpg"), answered(404)],
          [route, answered(400)],
          ["/", 404],
          ["/p_1/640w/other.jpg", 404],
          [delivery === "redirect" ? "/resizer/p_1/640w/other.jpg" : "/resizer", 404],
        ];
        for (const [target, status] of asked) assert.equal((await at(target)).status, status, target);
        for (const method of ["PUT", "POST", "DELETE"]) {
          assert.equal((await at(query("p_1/640w/other.jpg"), method)).status, 404);
        }
      });

      it("has no public surface but the CDN, the website that it redirects by, and the API", async () => {
        const { s3, website } = stack.endpoints;
        const anonymous = await ask(`${s3}/${stack.bucket}/p_1/photo.jpg`);
        assert.equal(anonymous.status, delivery === "redirect" ? 200 : 403);
        assert.equal(website === undefined, delivery === "failover");
        for (const [method, target] of [
          ["PUT", "/p_1/new.jpg"],
          ["DELETE", "/p_1/photo.jpg"],
          ["GET", "?list-type=2"],
        ] as const) {
          const answer = await ask(`${s3}/${stack.bucket}${target}`, { method });
          assert.equal(answer.status, 403, `${method} ${target}`);
        }
      });
    });
  }
}
