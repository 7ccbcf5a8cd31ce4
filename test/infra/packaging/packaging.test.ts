import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { build } from "esbuild";
import { buildPurgePackage, buildResizerPackage, installNativeModules } from "../../../infra/packaging";
import { BuildError, bundleFunction } from "../../../infra/packaging/bundle";
import { pruneSchemas, replaceModules } from "../../../infra/packaging/shims";

const ARM = { architecture: "arm64", heic: false } as const;

/** Every file below a folder, with a hash of its bytes. */
function fingerprint(folder: string): Map<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return new Map(
    files
      .filter((file) => statSync(path.join(folder, file)).isFile())
      .map((file) => [
        file,
        createHash("sha256")
          .update(readFileSync(path.join(folder, file)))
          .digest("hex"),
      ]),
  );
}

describe("the Lambda package", () => {
  it("is the same, byte for byte, when nothing has changed", async () => {
    const first = await buildResizerPackage(ARM);
    const modules = fingerprint(first.nodeModules);
    assert.deepEqual(await buildResizerPackage(ARM), first);
    assert.deepEqual(fingerprint(first.nodeModules), modules);
    const again = path.join(path.dirname(first.bundle), "again.js");
    await bundleFunction("resizer", again);
    assert.ok(readFileSync(again).equals(readFileSync(first.bundle)));
    rmSync(again);
  });

  it("has a bundle of at most 400 KB with sharp's modules, and its library beside it", async () => {
    const { bundle, nodeModules } = await buildResizerPackage(ARM);
    assert.ok(statSync(bundle).size <= 400_000, `${statSync(bundle).size} bytes`);
    assert.doesNotMatch(readFileSync(bundle, "utf8"), /require\("sharp"\)/);
    assert.ok(readdirSync(nodeModules, { recursive: true, encoding: "utf8" }).some((file) => file.endsWith(".node")));
  });

  it("has nothing of what the resizer never uses", async () => {
    const bundle = readFileSync((await buildResizerPackage(ARM)).bundle, "utf8");
    // The schemas of operations that it does not call, the messages of an event stream, the grammar of semver.
    for (const trace of ["PublicAccessBlockConfiguration", ":event-type", "BUILDIDENTIFIER"]) {
      assert.ok(!bundle.includes(trace), trace);
    }
    assert.doesNotMatch(bundle, /\bimport\(/);
    for (const operation of ["GetObject", "PutObject", "CreateMultipartUpload", "UploadPart", "AbortMultipartUpload"]) {
      assert.ok(bundle.includes(operation), operation);
    }
  });

  it("is not built where a part that it does without is no longer asked for", async () => {
    const replacement = { import: /^no-such-package$/, by: "nothing" };
    await assert.rejects(
      build({ stdin: { contents: "" }, write: false, plugins: [replaceModules([replacement])], logLevel: "silent" }),
      /nothing imports \^no-such-package\$ any more/,
    );
    await assert.rejects(
      build({ stdin: { contents: "" }, write: false, plugins: [pruneSchemas()], logLevel: "silent" }),
      /the S3 client's schemas are not what they were/,
    );
  });

  it("has no provider of credentials that Lambda never uses", async () => {
    const bundle = readFileSync((await buildResizerPackage(ARM)).bundle, "utf8");
    for (const trace of ["AWS_ACCESS_KEY_ID", "GetObject"]) assert.ok(bundle.includes(trace), trace);
    for (const trace of ["AssumeRoleWithWebIdentity", "sso_start_url"]) {
      assert.ok(!bundle.includes(trace), trace);
    }
  });

  it("is the bundle alone for the function that purges", async () => {
    const built = await buildPurgePackage();
    assert.deepEqual(Object.keys(built), ["bundle"]);
    const bundle = readFileSync(built.bundle, "utf8");
    assert.ok(bundle.length <= 500_000, `${bundle.length} bytes`);
    assert.doesNotMatch(bundle, /require\("sharp"\)|sso_start_url/);
  });

  it("has nothing that Lambda cannot unpack or that differs between machines", async () => {
    for (const architecture of ["arm64", "x86_64"] as const) {
      const { nodeModules } = await buildResizerPackage({ architecture, heic: false });
      const entries = readdirSync(nodeModules, { recursive: true, encoding: "utf8" });
      assert.deepEqual(
        entries.filter((entry) => lstatSync(path.join(nodeModules, entry)).isSymbolicLink()),
        [],
      );
      assert.ok(!entries.includes(".package-lock.json"));
    }
  });

  it("has the decoder of HEIC, with its licences, where the stack accepts HEIC", async () => {
    assert.deepEqual((await buildResizerPackage(ARM)).files, {});
    const { files, bundle } = await buildResizerPackage({ ...ARM, heic: true });
    assert.deepEqual(Object.keys(files), [
      "heic-worker.cjs",
      "node_modules/libheif-js/package.json",
      "node_modules/libheif-js/LICENSE",
      "node_modules/libheif-js/wasm-bundle.js",
      "node_modules/libheif-js/libheif-wasm/LICENSE",
      "node_modules/libheif-js/libheif-wasm/libheif-bundle.js",
    ]);
    assert.ok(Object.values(files).every((file) => statSync(file).size > 0));
    assert.equal(path.dirname(files["heic-worker.cjs"] ?? ""), path.dirname(bundle));
    assert.doesNotMatch(readFileSync(bundle, "utf8"), /libheif/);
  });

  it("has the sharp that the project itself runs", async () => {
    const version = (nodeModules: string) =>
      (JSON.parse(readFileSync(`${nodeModules}/sharp/package.json`, "utf8")) as { version: string }).version;
    assert.equal(version((await buildResizerPackage(ARM)).nodeModules), version("node_modules"));
  });

  describe("that cannot be built", () => {
    let folder: string;

    beforeEach(() => {
      folder = mkdtempSync(path.join(tmpdir(), "lambda-package-"));
    });

    afterEach(() => {
      rmSync(folder, { recursive: true });
    });

    /** The reason, in an error that Pulumi prints without a stack trace. */
    async function reasonOf(build: () => unknown): Promise<string> {
      try {
        await build();
      } catch (error) {
        assert.ok(error instanceof BuildError && pulumi.RunError.isInstance(error));
        return error.message;
      }
      return assert.fail("it was built");
    }

    it("stops the deployment with npm's reason, and leaves nothing half installed", async () => {
      const searchPath = process.env.PATH;
      process.env.PATH = "";
      try {
        assert.equal(
          await reasonOf(() => installNativeModules(folder, "arm64")),
          "sharp could not be installed for Lambda on arm64: spawnSync npm ENOENT",
        );
      } finally {
        process.env.PATH = searchPath;
      }
      assert.deepEqual(readdirSync(folder), []);
    });

    it("stops the deployment with the bundle's reason", async () => {
      writeFileSync(path.join(folder, "file"), "");
      assert.match(
        await reasonOf(() => bundleFunction("resizer", path.join(folder, "file", "index.js"))),
        /^The bundle of functions\/resizer could not be built: (ENOTDIR|EEXIST): /,
      );
    });
  });
});
