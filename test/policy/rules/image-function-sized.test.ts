import * as pulumi from "@pulumi/pulumi";
import { describe } from "mocha";
import { imageFunctionSized } from "../../../policy/rules/image-function-sized";
import { accepts, changed, type Properties, rejects, resource } from "../support/check";

const FUNCTION = "aws:lambda/function:Function";
const SETTINGS = JSON.stringify({ maxInputPixels: 1 });
const GOOD = {
  environment: { variables: { SETTINGS } },
  memorySize: 1024,
  timeout: 15,
  runtime: "nodejs24.x",
  architectures: ["arm64"],
};

const lambda = (path: string, to: unknown) => resource(FUNCTION, changed<Properties>(GOOD, path, to));
const packed = (architectures: readonly string[] | undefined, code: pulumi.asset.Archive) =>
  resource(FUNCTION, { ...changed<Properties>(GOOD, "architectures", architectures), code });
const modules = (folder: string) =>
  new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.FileAsset("dist/index.js"),
    node_modules: new pulumi.asset.FileArchive(folder),
  });
const named = (name: string) => new pulumi.asset.AssetArchive({ [name]: new pulumi.asset.StringAsset("") });

describe("image-function-sized", () => {
  const other = (inputs: Properties) => resource(FUNCTION, { runtime: "nodejs24.x", ...inputs });
  accepts(imageFunctionSized, [
    ["the longest timeout", lambda("timeout", 29)],
    ["an older supported runtime", lambda("runtime", "nodejs22.x")],
    ["less memory where the config allows it", lambda("memorySize", 512), { minMemoryMb: 512 }],
    ["a function without settings and with Lambda's defaults", other({})],
    [
      "a function that purges, with the resizer's allow-list",
      other({ environment: { variables: { SETTINGS: '{"bucket":"photos","allowList":{"sizes":["640w"]}}' } } }),
    ],
    // Lambda user guide, "Lambda quotas": at most 900 seconds.
    ["a batch of a quarter of an hour", other({ timeout: 900, memorySize: 10240 })],
    // CloudFront guide, "Quotas on Lambda@Edge": 128 MB and 5 seconds for a client's request; no variables.
    ["a function at the edge", other({ publish: true, memorySize: 128, timeout: 5 })],
    ...["python3.11", "java17", "java8.al2", "ruby3.3", "dotnet8"].map(
      (runtime) => [`the runtime ${runtime}`, other({ runtime })] as const,
    ),
    [
      "a container image, which has its own runtime",
      resource(FUNCTION, { ...changed<Properties>(GOOD, "runtime", undefined), packageType: "Image" }),
    ],
    ["a package for its architecture", packed(["arm64"], modules("/x64/dist/arm64-1f0c/node_modules"))],
    ["a package for the default architecture", packed(undefined, modules("dist/x64/node_modules"))],
    ["a package without an architecture", packed(["arm64"], modules("dist/node_modules"))],
  ]);
  rejects(imageFunctionSized, [
    ["too little memory", lambda("memorySize", 1023), "memorySize is 1023 MB, and a large original needs 1024"],
    ["the default memory", lambda("memorySize", undefined), "memorySize is 128 MB"],
    ["memory as text", lambda("memorySize", "1024"), "memorySize is 1024 MB"],
    ["too short a timeout", lambda("timeout", 14), "timeout is 14 s, but a variant may take 15"],
    ["the default timeout", lambda("timeout", undefined), "timeout is 3 s"],
    ["a timeout beyond the API's", lambda("timeout", 30), "timeout is 30 s"],
    ["a timeout beyond the config's", lambda("timeout", 29), "timeout is 29 s", { maxTimeoutSeconds: 20 }],
    ["an old runtime", lambda("runtime", "nodejs20.x"), "the runtime nodejs20.x is not supported"],
    ["an old runtime of another function", other({ runtime: "nodejs18.x" }), "nodejs18.x is not supported"],
    ["the package of another function", other({ code: named("x64/a.node"), architectures: ["arm64"] }), "for x86_64"],
    ["no runtime", lambda("runtime", undefined), "has no runtime"],
    ["two architectures", lambda("architectures", ["arm64", "x86_64"]), 'architectures is ["arm64","x86_64"]'],
    ["an unknown architecture", lambda("architectures", ["x64"]), 'architectures is ["x64"]'],
    [
      "a package for arm64 on x86_64",
      packed(["x86_64"], modules("/x64/dist/arm64-1f0c/node_modules")),
      "runs on x86_64, but its package is for arm64",
    ],
    [
      "a package for x86_64 on arm64",
      packed(["arm64"], modules("dist/x64-1f0c/node_modules")),
      "runs on arm64, but its package is for x86_64",
    ],
    [
      "a package for arm64 on the default architecture",
      packed(undefined, new pulumi.asset.FileArchive("dist/resizer-arm64.zip")),
      "runs on x86_64, but its package is for arm64",
    ],
    [
      "a native library for x86_64 on arm64",
      packed(["arm64"], named("node_modules/@img/sharp-linux-x64/x.node")),
      "its package is for x86_64",
    ],
  ]);
});
