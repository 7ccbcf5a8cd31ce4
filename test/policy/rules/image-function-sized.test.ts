import * as pulumi from "@pulumi/pulumi";
import { describe } from "mocha";
import { imageFunctionSized } from "../../../policy/rules/image-function-sized";
import { accepts, changed, type Properties, rejects, resource } from "../support/check";

const FUNCTION = "aws:lambda/function:Function";
const GOOD = { memorySize: 1024, timeout: 15, runtime: "nodejs24.x", architectures: ["arm64"] };

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
  const others = { otherFunctions: ["i*"] };
  accepts(imageFunctionSized, [
    ["the longest timeout", lambda("timeout", 29)],
    ["an older supported runtime", lambda("runtime", "nodejs22.x")],
    ["less memory where the config allows it", lambda("memorySize", 512), { minMemoryMb: 512 }],
    ["less memory of another function", lambda("memorySize", 128), others],
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
    ["an old runtime of another function", lambda("runtime", "nodejs20.x"), "nodejs20.x is not supported", others],
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
