import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { describe, it } from "mocha";
import { imageFunctionSized } from "../../policy/rules/image-function-sized";
import { sizeAllowListBounded } from "../../policy/rules/size-allow-list-bounded";
import { changed, judge, type Properties, resource } from "./judge";

const ALLOW_LIST = { sizes: ["360x270", "640w", "480h.webp"], formats: [], maxDimension: 4096 };

const GOOD = {
  memorySize: 1024,
  timeout: 15,
  runtime: "nodejs24.x",
  architectures: ["arm64"],
  environment: {
    variables: { SETTINGS: JSON.stringify({ allowList: ALLOW_LIST }) },
  },
};

function sized(path: string, to: unknown, settings: Properties = {}): Promise<string[]> {
  return judge(imageFunctionSized, [resource("aws:lambda/function:Function", changed(GOOD, path, to))], settings);
}
function bounded(allowList: Properties, settings: Properties = {}): Promise<string[]> {
  const variable = JSON.stringify({ allowList: { ...ALLOW_LIST, ...allowList } });
  const inputs = changed(GOOD, "environment.variables.SETTINGS", variable);
  return judge(sizeAllowListBounded, [resource("aws:lambda/function:Function", inputs)], settings);
}
async function says(violations: Promise<string[]>, text: string): Promise<void> {
  const [violation, ...others] = await violations;
  assert.ok(violation?.includes(text), violation ?? "there is no violation");
  assert.deepEqual(others, []);
}

describe("image-function-sized", () => {
  it("lets a function pass that has what images need", async () => {
    assert.deepEqual(await sized("timeout", 29), []);
    assert.deepEqual(await sized("runtime", "nodejs22.x"), []);
  });

  it("refuses too little memory and time, and more time than the API has", async () => {
    await says(sized("memorySize", 1023), "memorySize is 1023 MB, and a large original needs 1024");
    await says(sized("memorySize", undefined), "memorySize is 128 MB");
    await says(sized("memorySize", "1024"), "memorySize is 1024 MB");
    await says(sized("timeout", 14), "timeout is 14 s: a variant may take 15");
    await says(sized("timeout", undefined), "timeout is 3 s");
    await says(sized("timeout", 30), "timeout is 30 s");
  });

  it("takes other numbers from the config", async () => {
    assert.deepEqual(await sized("memorySize", 512, { minMemoryMb: 512 }), []);
    await says(sized("timeout", 29, { maxTimeoutSeconds: 20 }), "timeout is 29 s");
  });

  it("leaves the memory and time of other functions alone, and not their runtime", async () => {
    assert.deepEqual(await sized("memorySize", 128, { otherFunctions: ["i*"] }), []);
    await says(sized("runtime", "nodejs20.x", { otherFunctions: ["i*"] }), "the runtime nodejs20.x is not supported");
  });

  it("refuses runtimes that are not supported, and none", async () => {
    await says(sized("runtime", "nodejs20.x"), "the runtime nodejs20.x is not supported");
    await says(sized("runtime", undefined), "has no runtime");
    const image = changed(changed(GOOD, "runtime", undefined), "packageType", "Image");
    assert.deepEqual(await judge(imageFunctionSized, [resource("aws:lambda/function:Function", image)]), []);
  });

  it("refuses more than one architecture, and one of nobody", async () => {
    await says(sized("architectures", ["arm64", "x86_64"]), 'architectures is ["arm64","x86_64"]');
    await says(sized("architectures", ["x64"]), 'architectures is ["x64"]');
  });

  const packedFor = (modules: string) =>
    new pulumi.asset.AssetArchive({
      "index.js": new pulumi.asset.FileAsset("dist/index.js"),
      node_modules: new pulumi.asset.FileArchive(modules),
    });
  const withCode = (code: pulumi.asset.Archive, architectures?: readonly string[]) =>
    judge(imageFunctionSized, [
      resource("aws:lambda/function:Function", { ...changed(GOOD, "architectures", architectures), code }),
    ]);

  it("refuses a package for another architecture", async () => {
    await says(
      withCode(packedFor("/x64/dist/arm64-1f0c/node_modules"), ["x86_64"]),
      "runs on x86_64, and its package is for arm64",
    );
    await says(
      withCode(packedFor("dist/x64-1f0c/node_modules"), ["arm64"]),
      "runs on arm64, and its package is for x86_64",
    );
    // Lambda's default.
    await says(
      withCode(new pulumi.asset.FileArchive("dist/resizer-arm64.zip")),
      "runs on x86_64, and its package is for arm64",
    );
    await says(
      withCode(
        new pulumi.asset.AssetArchive({ "node_modules/@img/sharp-linux-x64/x.node": new pulumi.asset.StringAsset("") }),
        ["arm64"],
      ),
      "its package is for x86_64",
    );
  });

  it("lets a package for its architecture pass, and one that does not say", async () => {
    assert.deepEqual(await withCode(packedFor("/x64/dist/arm64-1f0c/node_modules"), ["arm64"]), []);
    assert.deepEqual(await withCode(packedFor("dist/x64/node_modules")), []);
    assert.deepEqual(await withCode(packedFor("dist/node_modules"), ["arm64"]), []);
  });
});

describe("size-allow-list-bounded", () => {
  it("lets a short list of small sizes pass", async () => {
    assert.deepEqual(await bounded({ maxDimension: 1_000_000 }), []);
    assert.deepEqual(await bounded({ sizes: Array.from({ length: 20 }, (_, i) => `${i + 1}w`) }), []);
    assert.deepEqual(await bounded({ sizes: ["4096x4096"] }), []);
  });

  it("refuses no list, a long one, large sizes and what is no size", async () => {
    await says(bounded({ sizes: undefined }), "allowList.sizes lists no sizes");
    await says(bounded({ sizes: [] }), "allowList.sizes lists no sizes");
    await says(bounded({ sizes: 5 }), "allowList.sizes lists no sizes");
    await says(bounded({ sizes: Array.from({ length: 21 }, (_, i) => `${i + 1}w`) }), "lists 21 sizes");
    await says(bounded({ sizes: ["640w", "4097x10"] }), "lists 4097x10, which is too large");
    await says(bounded({ sizes: ["640w", "10x4097"] }), "lists 10x4097, which is too large");
    await says(bounded({ sizes: ["640w", "*"] }), "lists *, which is no size");
  });

  it("takes other bounds from the config", async () => {
    await says(bounded({ sizes: ["640w", "320w"] }, { maxSizes: 1 }), "lists 2 sizes");
    assert.deepEqual(await bounded({ sizes: ["5000w"] }, { maxDimension: 5000 }), []);
  });

  it("refuses unlisted sizes but where the config allows them, and then without a bound", async () => {
    await says(bounded({ sizes: "any" }), "allowList.sizes is any");
    assert.deepEqual(await bounded({ sizes: "any" }, { allowUnlistedSizes: true }), []);
    const settings = { allowUnlistedSizes: true, maxDimension: 2048 };
    await says(bounded({ sizes: "any" }, settings), "allowList.maxDimension is 4096");
  });

  it("leaves functions alone that make no variants", async () => {
    const other = { environment: { variables: { QUEUE_URL: "x" } } };
    assert.deepEqual(await judge(sizeAllowListBounded, [resource("aws:lambda/function:Function", other)]), []);
    assert.deepEqual(await judge(sizeAllowListBounded, [resource("aws:lambda/function:Function", {})]), []);
  });
});
