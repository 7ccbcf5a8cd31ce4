import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import sharp from "sharp";
import { type LocalStack, type LocalStackOptions, startLocalStack } from "../stack";
import { administrator, follow, pathOf, statuses } from "./support/flow";
import { freedAfterAll } from "./support/freed";
import { HEIGHT, makeOriginals, WIDTH } from "./support/originals";

/** The dev stack lets 10 requests a second pass. */
const UNTHROTTLED = { "resizer.rateLimit": 1000, "resizer.burstLimit": 1000 };
const STACKS = ["dev", "prod"] as const;

describe("two stacks beside each other", () => {
  const free = freedAfterAll();
  const stacks = new Map<string, LocalStack>();
  before(async () => {
    const images = await makeOriginals();
    free(() => rm(images, { recursive: true }));
    for (const name of STACKS) {
      const stack = await startLocalStack({ stack: name, config: UNTHROTTLED, port: 0, images });
      free(() => stack.close());
      stacks.set(name, stack);
    }
  });

  function stackOf(name: string): LocalStack {
    const stack = stacks.get(name);
    assert.ok(stack);
    return stack;
  }

  for (const name of STACKS) {
    const url = (key: string) => stackOf(name).endpoints.cdn + pathOf(key);
    const cacheControl = name === "dev" ? "public, max-age=3600" : "public, max-age=31536000, immutable";

    it(`${name} creates a variant at the first request, with its own headers`, async () => {
      const key = "p_1/360x270/photo.jpg";
      const { cdn, api } = stackOf(name).endpoints;
      const answers = await follow(url(key));
      assert.deepEqual(statuses(answers), [307, 301, 200]);
      const [missing, made, variant] = answers;
      assert.equal(missing?.headers.location, `${api}/resizer?key=${key}`);
      assert.deepEqual([made?.headers.location, made?.headers["cache-control"]], [`${cdn}/${key}`, "no-store"]);
      assert.equal(variant?.headers["cache-control"], cacheControl);
      assert.equal(variant.headers["content-length"], String(variant.body.length));
      const stored = await administrator(stackOf(name)).get(key);
      assert.deepEqual(stored.bytes, variant.body);
      assert.deepEqual([stored.ContentType, stored.CacheControl], ["image/jpeg", cacheControl]);
    });

    for (const [key, format, width, height] of [
      ["640w/top.jpg", "jpeg", 640, 480],
      ["p_1/640w/PHOTO.JPG", "jpeg", 640, 480],
      ["p_1/640w/photo.webp", "webp", 640, 480],
      // On its side, an original is as high as it was wide.
      ["p_1/640w/sideways.jpg", "jpeg", HEIGHT, WIDTH],
      ...(name === "prod"
        ? ([
            ["p_1/640w.webp/photo.jpg", "webp", 640, 480],
            ["p_1/1920w/photo.jpg", "jpeg", WIDTH, HEIGHT],
          ] as const)
        : []),
    ] as const) {
      it(`${name} creates ${key}: ${format} of ${width}x${height}`, async () => {
        const answer = (await follow(url(key))).at(-1);
        assert.deepEqual([answer?.status, answer?.headers["content-type"]], [200, `image/${format}`]);
        const made = await sharp(answer?.body).metadata();
        assert.deepEqual([made.format, made.width, made.height, made.orientation], [format, width, height, undefined]);
      });
    }

    it(`${name} writes a variant once, however many clients ask for it at once`, async () => {
      const key = "p_1/360x270/photo.png";
      const { trace } = stackOf(name);
      const writes: number[] = [];
      const end = trace.listen(({ what, status }) => what === `PutObject ${key}` && writes.push(status));
      const clients = await Promise.all(Array.from({ length: 12 }, () => follow(url(key))));
      end();
      const [first, ...others] = clients.map((answers) => answers.at(-1));
      assert.equal(first?.status, 200);
      assert.ok(others.every((other) => other?.body.equals(first.body)));
      // Each process may create it; the second finds it there.
      assert.equal(writes.filter((status) => status === 200).length, 1);
      assert.ok(writes.every((status) => status === 200 || status === 412));
    });
  }

  it("stay apart", async () => {
    const key = "p_1/320w/photo.jpg";
    const [dev, prod] = [stackOf("dev"), stackOf("prod")];
    assert.notEqual(dev.bucket, prod.bucket);
    assert.deepEqual(statuses(await follow(prod.endpoints.cdn + pathOf(key))), [307, 301, 200]);
    assert.deepEqual(statuses(await follow(dev.endpoints.cdn + pathOf(key))), [307, 404]);
    assert.deepEqual(await administrator(dev).keys("p_1/320w/"), []);
    assert.deepEqual(await administrator(prod).keys("p_1/320w/"), [key]);
  });
});

describe("a stack with a mistake breaks as AWS would", () => {
  type Inputs = Record<string, unknown>;
  const free = freedAfterAll();
  let images: string;
  before(async () => {
    images = await makeOriginals();
    free(() => rm(images, { recursive: true }));
  });

  /** A dev stack whose resources of one type have other inputs, or are missing. */
  async function startBroken(
    type: string,
    change: (inputs: Inputs) => Inputs | undefined,
    delivery = "redirect",
  ): Promise<LocalStack> {
    const resources: LocalStackOptions["resources"] = (declared) => {
      const changed = declared.flatMap((resource) => {
        if (resource.type !== type) return [resource];
        const inputs = change({ ...resource.inputs });
        return inputs ? [{ ...resource, inputs }] : [];
      });
      assert.notDeepEqual(changed, declared);
      return changed;
    };
    const config = { ...UNTHROTTLED, "cdn.delivery": delivery };
    const stack = await startLocalStack({ stack: "dev", config, port: 0, images, resources });
    free(() => stack.close());
    return stack;
  }

  const inText = (from: string, to: string) => (inputs: Inputs) => {
    return JSON.parse(JSON.stringify(inputs).replaceAll(from, to)) as Inputs;
  };
  const KEY = "p_1/640w/photo.jpg";
  const get = (stack: LocalStack, key = KEY, redirects?: number) =>
    follow(stack.endpoints.cdn + pathOf(key), {}, redirects);

  it("without s3:PutObject: 500, and nothing is stored", async () => {
    const stack = await startBroken("aws:iam/rolePolicy:RolePolicy", inText('"s3:PutObject"', '"s3:GetObjectAcl"'));
    const answers = await get(stack);
    assert.deepEqual(statuses(answers), [307, 500]);
    assert.equal(answers[1]?.headers["cache-control"], "no-store");
    assert.equal((JSON.parse(answers[1].body.toString()) as { error: string }).error, "internal-error");
    assert.equal(await administrator(stack).has(KEY), false);
  });

  it("with a routing rule that points elsewhere: a redirect to a host that is not ours", async () => {
    const type = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration";
    const answers = await get(await startBroken(type, inText('"hostName":"', '"hostName":"not-')));
    assert.deepEqual(statuses(answers), [307]);
    const elsewhere = /^https:\/\/not-[a-z0-9]+\.execute-api\.us-east-1\.amazonaws\.com\/dev\//;
    assert.match(answers[0]?.headers.location ?? "", elsewhere);
  });

  it("with a minimum TTL: the 307 is cached, and redirects go round for ever", async () => {
    const stack = await startBroken("aws:cloudfront/cachePolicy:CachePolicy", (inputs) => ({ ...inputs, minTtl: 60 }));
    const answers = await get(stack, KEY, 7);
    assert.deepEqual(statuses(answers), [307, 301, 307, 301, 307, 301, 307]);
    const results = [0, 2, 4, 6].map((index) => answers[index]?.headers["x-cache"]);
    assert.deepEqual(results, ["Miss from cloudfront", ...Array<string>(3).fill("Hit from cloudfront")]);
    assert.equal(await administrator(stack).has(KEY), true);
  });

  it("with a role that Lambda cannot assume: it does not start", async () => {
    await assert.rejects(startBroken("aws:iam/role:Role", inText("lambda.amazonaws.com", "ec2.amazonaws.com")), {
      message: /^Lambda cannot assume the role of the function "resizer": /,
    });
  });

  const BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy";
  const stripped = ({ defaultCacheBehavior, orderedCacheBehaviors, ...inputs }: Inputs) => {
    const strip = (behavior: object) => ({ ...behavior, functionAssociations: [] });
    return {
      ...inputs,
      defaultCacheBehavior: strip(defaultCacheBehavior as object),
      orderedCacheBehaviors: (orderedCacheBehaviors as object[]).map(strip),
    };
  };
  for (const [what, delivery, type, change, key, expected] of [
    [
      "without permission to invoke",
      "redirect",
      "aws:lambda/permission:Permission",
      inText("/dev/", "/other/"),
      KEY,
      [307, 500],
    ],
    ["without public read", "redirect", BUCKET_POLICY, inText('"s3:GetObject"', '"s3:GetObjectAcl"'), KEY, [403]],
    [
      "with one number of the throttle",
      "redirect",
      "aws:apigatewayv2/stage:Stage",
      (inputs: Inputs) => ({ ...inputs, defaultRouteSettings: { throttlingBurstLimit: 100 } }),
      KEY,
      [307, 429],
    ],
    ["without the bucket's policy", "failover", BUCKET_POLICY, () => undefined, "p_1/photo.jpg", [400]],
    ["without the edge function", "failover", "aws:cloudfront/distribution:Distribution", stripped, KEY, [400]],
  ] as const) {
    it(`${what}, delivered by ${delivery}: ${expected.join(", ")}`, async () => {
      const stack = await startBroken(type, change, delivery);
      assert.deepEqual(statuses(await get(stack, key)), expected);
      assert.equal(stack.storage.count("PutObject"), 0);
    });
  }
});
