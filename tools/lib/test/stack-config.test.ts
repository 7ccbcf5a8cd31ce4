import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { readYaml, stackConfig } from "../stack-config";
import { UserError } from "../user-error";

describe("the config of a stack, as the CLI merges it", () => {
  const read = (text: string | undefined) => JSON.parse(text ?? "null") as unknown;

  it("is the stack file's, in the text that a program receives", () => {
    const { project, config } = stackConfig("dev", {});
    assert.equal(project, "image-resizer");
    assert.equal(config["aws:region"], "us-east-1");
    assert.deepEqual(read(config["image-resizer:bucket"]), { protect: false, variantExpiryDays: 30 });
  });

  it("has a key with dots set within its group, beside what the file says, and any other key as a whole", () => {
    const overrides = {
      "bucket.name": "images",
      "image.quality.jpeg": 80,
      cdn: { delivery: "failover" },
      sizes: ["1w"],
    };
    const { config } = stackConfig("dev", { ...overrides, "aws:region": "eu-west-1" });
    assert.deepEqual(read(config["image-resizer:bucket"]), { protect: false, variantExpiryDays: 30, name: "images" });
    assert.deepEqual(read(config["image-resizer:image"]), { quality: { jpeg: 80 } });
    assert.deepEqual(read(config["image-resizer:cdn"]), { delivery: "failover" });
    assert.deepEqual(read(config["image-resizer:sizes"]), ["1w"]);
    assert.equal(config["aws:region"], "eu-west-1");
  });

  it("is none for a stack without a file", () => {
    assert.throws(
      () => stackConfig("staging", {}),
      new UserError('there is no stack "staging": Pulumi.<stack>.yaml exists for dev, prod'),
    );
  });
});

describe("a file of YAML", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "yaml-"));
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("is reported with its name and the line of a mistake", () => {
    const file = path.join(folder, "Pulumi.dev.yaml");
    writeFileSync(file, "config:\n\taws:region: us-east-1\n");
    assert.throws(
      () => readYaml(file),
      new UserError("Pulumi.dev.yaml, line 2, is not valid YAML: Tabs are not allowed as indentation"),
    );
  });
});
