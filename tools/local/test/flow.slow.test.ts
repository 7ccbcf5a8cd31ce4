import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import sharp from "sharp";
import type { RegisteredResource } from "@image-resizer/lib/program";
import type { S3Operation } from "../s3/operations";
import { type LocalStack, type LocalStackOptions, startLocalStack } from "../stack";
import { administrator, follow, pathOf, statuses } from "./support/flow";
import { ask } from "./support/http";
import { AWKWARD_NAMES, HEIGHT, makeOriginals, WIDTH } from "./support/originals";

/** The dev stack lets 10 requests a second pass. */
const UNTHROTTLED = { "resizer.rateLimit": 1000, "resizer.burstLimit": 1000 };
const STACKS = ["dev", "prod"] as const;

describe("the whole flow on the local stack", () => {
  let images: string;
  const stacks = new Map<string, LocalStack>();

  before(async () => {
    images = await makeOriginals();
    for (const stack of STACKS) {
      stacks.set(stack, await startLocalStack({ stack, config: UNTHROTTLED, port: 0, images }));
    }
  });
  after(async () => {
    await Promise.all([...stacks.values()].map((stack) => stack.close()));
    await rm(images, { recursive: true });
  });

  function stackOf(name: string): LocalStack {
    const stack = stacks.get(name);
    assert.ok(stack);
    return stack;
  }

  for (const name of STACKS) {
    describe(`of ${name}`, () => {
      const url = (key: string) => stackOf(name).endpoints.cdn + pathOf(key);
      const cacheControl = name === "dev" ? "public, max-age=3600" : "public, max-age=31536000, immutable";

      it("makes a variant at the first request, and serves it from the cache at the next", async () => {
        const key = "p_1/360x270/photo.jpg";
        const { cdn, api } = stackOf(name).endpoints;
        const answers = await follow(url(key));
        assert.deepEqual(statuses(answers), [307, 301, 200]);
        const [missing, made, variant] = answers;
        assert.ok(missing && made && variant);
        assert.equal(missing.headers.location, `${api}/resizer?key=${key}`);
        assert.equal(missing.headers["x-cache"], "Miss from cloudfront");
        assert.equal(made.headers.location, `${cdn}/${key}`);
        assert.equal(made.headers["cache-control"], "no-store");
        assert.equal(variant.headers["x-cache"], "Miss from cloudfront");
        assert.equal(variant.headers["content-type"], "image/jpeg");
        assert.equal(variant.headers["content-length"], String(variant.body.length));
        assert.equal(variant.headers["cache-control"], cacheControl);
        const { format, width, height } = await sharp(variant.body).metadata();
        assert.deepEqual({ format, width, height }, { format: "jpeg", width: 360, height: 270 });

        const again = await follow(url(key));
        assert.deepEqual(statuses(again), [200]);
        assert.equal(again[0]?.headers["x-cache"], "Hit from cloudfront");
        assert.deepEqual(again[0].body, variant.body);

        const stored = await administrator(stackOf(name)).get(key);
        assert.deepEqual(stored.bytes, variant.body);
        assert.equal(stored.ContentType, "image/jpeg");
        assert.equal(stored.CacheControl, cacheControl);
      });

      it("costs one HeadObject, one GetObject and one PutObject for a miss, and nothing for a hit", async () => {
        const { storage } = stackOf(name);
        const operations: S3Operation[] = [
          "GetObject",
          "PutObject",
          "HeadObject",
          "ListObjectsV2",
          "CreateMultipartUpload",
        ];
        const before = operations.map((operation) => storage.count(operation));
        const cost = () => operations.map((operation, index) => storage.count(operation) - (before[index] ?? 0));
        assert.deepEqual(statuses(await follow(url("p_1/640w/other.jpg"))), [307, 301, 200]);
        assert.deepEqual(cost(), [1, 1, 1, 0, 0]);
        await follow(url("p_1/640w/other.jpg"));
        assert.deepEqual(cost(), [1, 1, 1, 0, 0]);
      });

      it("answers curl -IL as it answers a browser", async () => {
        const answers = await follow(url("p_1/360x270/other.jpg"), { method: "HEAD" });
        assert.deepEqual(statuses(answers), [307, 301, 200]);
        assert.deepEqual(
          answers.map(({ body }) => body.length),
          [0, 0, 0],
        );
        assert.match(answers[2]?.headers["content-length"] ?? "", /^[1-9]\d+$/);
        assert.equal((await ask(url("p_1/360x270/other.jpg"))).headers["x-cache"], "Hit from cloudfront");
      });

      for (const awkward of AWKWARD_NAMES) {
        it(`serves an original called ${awkward}`, async () => {
          const key = `p_2/640w/${awkward}`;
          const answers = await follow(url(key));
          assert.deepEqual(statuses(answers), [307, 301, 200]);
          assert.equal((await sharp(answers[2]?.body).metadata()).width, 640);
          assert.deepEqual(statuses(await follow(url(key))), [200]);
          assert.deepEqual(await administrator(stackOf(name)).keys(key), [key]);
        });
      }

      const variants: [key: string, format: string, width: number, height: number][] = [
        ["640w/top.jpg", "jpeg", 640, 480],
        ["p_1/640w/PHOTO.JPG", "jpeg", 640, 480],
        ["p_1/640w/photo.png", "png", 640, 480],
        ["p_1/640w/photo.webp", "webp", 640, 480],
        // On its side, an original is as high as it was wide.
        ["p_1/360x270/sideways.jpg", "jpeg", 360, 270],
        ["p_1/640w/sideways.jpg", "jpeg", HEIGHT, WIDTH],
        ...(name === "prod"
          ? ([
              ["p_1/640w.webp/photo.jpg", "webp", 640, 480],
              ["p_1/1920w/photo.jpg", "jpeg", WIDTH, HEIGHT],
            ] as [string, string, number, number][])
          : []),
      ];
      for (const [key, format, width, height] of variants) {
        it(`makes ${key} a ${format} of ${width}x${height}`, async () => {
          const answer = (await follow(url(key))).at(-1);
          assert.equal(answer?.status, 200);
          assert.equal(answer.headers["content-type"], `image/${format}`);
          const made = await sharp(answer.body).metadata();
          assert.deepEqual(
            [made.format, made.width, made.height, made.orientation],
            [format, width, height, undefined],
          );
        });
      }

      const refused: [key: string, status: number, error: string][] = [
        ["p_1/641w/photo.jpg", 404, "size-not-allowed"],
        ["p_1/640w/missing.jpg", 404, "original-not-found"],
        ["p_1/640w/640w/photo.jpg", 400, "malformed-key"],
      ];
      for (const [key, status, error] of refused) {
        it(`refuses ${key} with ${status}`, async () => {
          const writes = stackOf(name).storage.count("PutObject");
          const answers = await follow(url(key));
          // prod refuses at the edge what needs no look at the bucket.
          const atEdge = name === "prod" && error !== "original-not-found";
          assert.deepEqual(statuses(answers), atEdge ? [status] : [307, status]);
          assert.equal((JSON.parse(answers.at(-1)?.body.toString() ?? "") as { error: string }).error, error);
          assert.equal(stackOf(name).storage.count("PutObject"), writes);
        });
      }

      it("writes a variant once, however many viewers ask for it at once", async () => {
        const key = "p_1/360x270/photo.png";
        const { trace } = stackOf(name);
        const writes: number[] = [];
        const end = trace.listen(({ what, status }) => what === `PutObject ${key}` && writes.push(status));
        const viewers = await Promise.all(Array.from({ length: 12 }, () => follow(url(key))));
        end();
        const pictures = viewers.map((answers) => answers.at(-1));
        assert.ok(
          pictures.every(
            (picture) => picture?.status === 200 && picture.body.equals(pictures[0]?.body ?? picture.body),
          ),
        );
        // Each process may make it; whoever comes second finds it there.
        assert.equal(writes.filter((status) => status === 200).length, 1);
        assert.ok(writes.every((status) => status === 200 || status === 412));
      });
    });
  }

  it("keeps two stacks beside each other apart", async () => {
    const key = "p_1/320w/photo.jpg";
    const [dev, prod] = [stackOf("dev"), stackOf("prod")];
    assert.notEqual(dev.bucket, prod.bucket);
    assert.deepEqual(statuses(await follow(prod.endpoints.cdn + pathOf(key))), [307, 301, 200]);
    assert.deepEqual(statuses(await follow(dev.endpoints.cdn + pathOf(key))), [307, 404]);
    assert.deepEqual(await administrator(dev).keys("p_1/320w/"), []);
    assert.deepEqual(await administrator(prod).keys("p_1/320w/"), [key]);
  });

  it("reports every hop of a request under its id", async () => {
    const stack = stackOf("dev");
    const hops: { requestId: string; part: string; what: string }[] = [];
    const end = stack.trace.listen(({ requestId, part, what }) => hops.push({ requestId, part, what }));
    await follow(stack.endpoints.cdn + pathOf("p_1/200x150/photo.jpg"));
    end();
    const requests = [...new Set(hops.map(({ requestId }) => requestId))];
    const parts = requests.map((id) =>
      hops.filter(({ requestId, part }) => requestId === id && part !== "iam").map(({ part }) => part),
    );
    assert.deepEqual(parts, [
      ["website", "cdn"],
      ["s3", "s3", "s3", "function", "api"],
      ["website", "cdn"],
    ]);
  });

  describe("breaks as AWS would", () => {
    type Inputs = Record<string, unknown>;
    const broken: LocalStack[] = [];
    after(() => Promise.all(broken.map((stack) => stack.close())));

    /** A dev stack whose resources of one type have other inputs. */
    async function startBroken(type: string, change: (inputs: Inputs) => Inputs): Promise<LocalStack> {
      const resources: LocalStackOptions["resources"] = (declared) => {
        const changed = declared.map((resource): RegisteredResource => {
          return resource.type === type ? { ...resource, inputs: change({ ...resource.inputs }) } : resource;
        });
        assert.notDeepEqual(changed, declared);
        return changed;
      };
      const stack = await startLocalStack({ stack: "dev", config: UNTHROTTLED, port: 0, images, resources });
      broken.push(stack);
      return stack;
    }

    const inText = (from: string, to: string) => (inputs: Inputs) => {
      return JSON.parse(JSON.stringify(inputs).replaceAll(from, to)) as Inputs;
    };
    const key = "p_1/640w/photo.jpg";

    it("without s3:PutObject: 500, and nothing is stored", async () => {
      const stack = await startBroken("aws:iam/rolePolicy:RolePolicy", inText('"s3:PutObject"', '"s3:GetObjectAcl"'));
      const answers = await follow(stack.endpoints.cdn + pathOf(key));
      assert.deepEqual(statuses(answers), [307, 500]);
      assert.equal(answers[1]?.headers["cache-control"], "no-store");
      assert.equal((JSON.parse(answers[1].body.toString()) as { error: string }).error, "internal-error");
      assert.equal(await administrator(stack).has(key), false);
    });

    it("with a routing rule that points elsewhere: a redirect to a host that is not ours", async () => {
      const stack = await startBroken("aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration", (inputs) =>
        inText('"hostName":"', '"hostName":"not-')(inputs),
      );
      const answers = await follow(stack.endpoints.cdn + pathOf(key));
      assert.deepEqual(statuses(answers), [307]);
      assert.match(
        answers[0]?.headers.location ?? "",
        /^https:\/\/not-[a-z0-9]+\.execute-api\.us-east-1\.amazonaws\.com\/dev\//,
      );
    });

    it("with a minimum TTL: the 307 is cached, and redirects go round for ever", async () => {
      const stack = await startBroken("aws:cloudfront/cachePolicy:CachePolicy", (inputs) => ({
        ...inputs,
        minTtl: 60,
      }));
      const answers = await follow(stack.endpoints.cdn + pathOf(key), {}, 7);
      assert.deepEqual(statuses(answers), [307, 301, 307, 301, 307, 301, 307]);
      assert.deepEqual(
        [0, 2, 4, 6].map((index) => answers[index]?.headers["x-cache"]),
        ["Miss from cloudfront", "Hit from cloudfront", "Hit from cloudfront", "Hit from cloudfront"],
      );
      assert.equal(await administrator(stack).has(key), true);
    });

    it("without permission to invoke: 500 from the API", async () => {
      const stack = await startBroken("aws:lambda/permission:Permission", inText("/dev/", "/other/"));
      const answers = await follow(stack.endpoints.cdn + pathOf(key));
      assert.deepEqual(statuses(answers), [307, 500]);
      assert.equal(answers[1]?.body.toString(), '{"message":"Internal Server Error"}');
    });

    it("without public read: 403 from the website, and no redirect", async () => {
      const stack = await startBroken(
        "aws:s3/bucketPolicy:BucketPolicy",
        inText('"s3:GetObject"', '"s3:GetObjectAcl"'),
      );
      assert.deepEqual(statuses(await follow(stack.endpoints.cdn + pathOf(key))), [403]);
    });

    it("with one number of the throttle: 429", async () => {
      const stack = await startBroken("aws:apigatewayv2/stage:Stage", (inputs) => ({
        ...inputs,
        defaultRouteSettings: { throttlingBurstLimit: 100 },
      }));
      assert.deepEqual(statuses(await follow(stack.endpoints.cdn + pathOf(key))), [307, 429]);
    });

    it("with a role that Lambda cannot assume: it does not start", async () => {
      await assert.rejects(startBroken("aws:iam/role:Role", inText("lambda.amazonaws.com", "ec2.amazonaws.com")), {
        message: /^Lambda cannot assume the role of the function "resizer": /,
      });
    });
  });
});
