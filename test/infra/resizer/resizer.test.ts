import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "../../../functions/resizer/settings";
import { register, type Registered } from "../../support/program";

const BUCKET = "arn:aws:s3:::image-resizer-dev-123456789012";

function variables(stack: Registered): Record<string, string> {
  return (stack.one("Function").inputs.environment as { variables: Record<string, string> }).variables;
}

describe("Resizer", () => {
  let dev: Registered;
  let prod: Registered;

  before(async () => {
    dev = await register({ stack: "dev" });
    prod = await register({ stack: "prod" });
  });

  it("may write each listed size in each format, and tag nothing where variants do not expire", () => {
    const { Statement } = prod.one("RolePolicy").inputs.policy as {
      Statement: { Sid: string; Action: string[]; Resource: string[] }[];
    };
    const write = Statement.find(({ Sid }) => Sid === "WriteVariants");
    assert.deepEqual(write?.Action, ["s3:PutObject", "s3:AbortMultipartUpload"]);
    assert.equal(write.Resource.length, 2 * 8 * 3);
    for (const spec of ["200x150", "640w.webp", "480h.avif"]) {
      assert.ok(write.Resource.includes(`arn:aws:s3:::image-resizer-prod-123456789012/*/${spec}/*`), spec);
      assert.ok(write.Resource.includes(`arn:aws:s3:::image-resizer-prod-123456789012/${spec}/*`), spec);
    }
  });

  it("has an environment that the function reads, without credentials", () => {
    assert.deepEqual(readSettings(variables(dev)), {
      bucket: "image-resizer-dev-123456789012",
      cdnUrl: "https://d1p41knyaaw8le.cloudfront.net",
      allowList: { sizes: ["200x150", "360x270", "640w"], formats: [], maxDimension: 4096 },
      quality: { jpeg: 81, webp: 86, avif: 71 },
      effort: { webp: 4, avif: 3 },
      fit: "cover",
      position: "centre",
      maxInputBytes: 52_428_800,
      maxInputPixels: 50_000_000,
      cacheControl: "public, max-age=3600",
      expireVariants: true,
    });
    const settings = readSettings(variables(prod));
    assert.deepEqual(settings.allowList.formats, ["avif", "webp"]);
    assert.equal(settings.expireVariants, false);
    assert.equal(settings.cacheControl, "public, max-age=31536000, immutable");
    for (const name of Object.keys(variables(prod))) assert.doesNotMatch(name, /AWS|KEY|SECRET|TOKEN/);
  });

  it("makes any size where the stack allows unlisted ones", async () => {
    const open = await register({ stack: "dev", config: { "image.allowUnlistedSizes": true, sizes: [] } });
    assert.equal(readSettings(variables(open)).allowList.sizes, "any");
    const { Statement } = open.one("RolePolicy").inputs.policy as { Statement: { Sid: string; Resource: string[] }[] };
    assert.deepEqual(
      Statement.find(({ Sid }) => Sid === "WriteVariants")?.Resource,
      ["*x*", "*w", "*w.*", "*h", "*h.*"].flatMap((spec) => [`${BUCKET}/*/${spec}/*`, `${BUCKET}/${spec}/*`]),
    );
  });

  describe("creates as many variants at once as", () => {
    const concurrencyOf = async (resizer: Readonly<Record<string, unknown>>) =>
      (await register({ stack: "dev", config: { resizer } })).one("Function").inputs.reservedConcurrentExecutions;

    it("the throttle lets be under way: a burst, and the rate for a fortieth of the timeout", async () => {
      assert.equal(await concurrencyOf({}), 100 + 19);
      assert.equal(await concurrencyOf({ rateLimit: 10, burstLimit: 20, timeout: 29 }), 20 + 8);
    });

    it("Lambda lets be reserved of an account's 1,000, at the most", async () => {
      assert.equal(await concurrencyOf({ rateLimit: 10_000, burstLimit: 5_000 }), 900);
    });

    it("the stack says, or the account's limit where it reserves none", async () => {
      assert.equal(prod.one("Function").inputs.reservedConcurrentExecutions, 100);
      assert.equal(await concurrencyOf({ reservedConcurrency: "7" }), 7);
      assert.equal(await concurrencyOf({ reservedConcurrency: "unreserved" }), undefined);
      assert.equal(dev.one("Function").inputs.reservedConcurrentExecutions, undefined);
    });
  });

  it("is deployed as its bundle and sharp for its architecture", async () => {
    for (const [architecture, cpu] of [
      ["arm64", "arm64"],
      ["x86_64", "x64"],
    ]) {
      const stack = await register({ stack: "dev", config: { "resizer.architecture": architecture } });
      assert.deepEqual(stack.one("Function").inputs.architectures, [architecture]);
      const archive = stack.one("Function").inputs.code as pulumi.asset.AssetArchive;
      const assets = await archive.assets;
      assert.deepEqual(Object.keys(assets).sort(), ["index.js", "node_modules"]);
      const modules = await (assets.node_modules as pulumi.asset.FileArchive).path;
      const { readdirSync } = await import("node:fs");
      assert.deepEqual(
        readdirSync(`${modules}/@img`)
          .filter((name) => name.startsWith("sharp-"))
          .sort(),
        [`sharp-libvips-linux-${cpu}`, `sharp-linux-${cpu}`],
      );
    }
  });
});
