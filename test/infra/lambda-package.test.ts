import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { buildPackage } from "../../infra/lambda-package";
import { BuildError } from "../../infra/lambda-package/build-error";

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
  it("is the same, byte for byte, when nothing has changed", () => {
    const first = buildPackage("arm64");
    const before = { bundle: readFileSync(first.bundle), modules: fingerprint(first.nodeModules) };
    const second = buildPackage("arm64");
    assert.deepEqual(second, first);
    assert.ok(readFileSync(second.bundle).equals(before.bundle));
    assert.deepEqual(fingerprint(second.nodeModules), before.modules);
  });

  it("has a bundle of at most 900 KB, without sharp", () => {
    const { bundle } = buildPackage("arm64");
    assert.ok(statSync(bundle).size <= 900_000, `${statSync(bundle).size} bytes`);
    assert.match(readFileSync(bundle, "utf8"), /require\("sharp"\)/);
  });

  it("has nothing that Lambda cannot unpack or that differs between machines", () => {
    for (const architecture of ["arm64", "x86_64"] as const) {
      const { nodeModules } = buildPackage(architecture);
      const entries = readdirSync(nodeModules, { recursive: true, encoding: "utf8" });
      assert.deepEqual(
        entries.filter((entry) => lstatSync(path.join(nodeModules, entry)).isSymbolicLink()),
        [],
      );
      assert.ok(!entries.includes(".package-lock.json"));
    }
  });

  it("has the sharp that the project itself runs", () => {
    const version = (nodeModules: string) =>
      (JSON.parse(readFileSync(`${nodeModules}/sharp/package.json`, "utf8")) as { version: string }).version;
    assert.equal(version(buildPackage("arm64").nodeModules), version("node_modules"));
  });

  it("says why it could not be built, in a way that Pulumi prints without a stack trace", () => {
    const error = new BuildError("sharp could not be installed for Lambda on arm64", new Error("npm ci failed: E404"));
    assert.equal(error.message, "sharp could not be installed for Lambda on arm64: npm ci failed: E404");
  });
});
