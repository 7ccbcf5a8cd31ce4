import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { assertReadmeHasOptions } from "@image-resizer/lib/cli-help";
import { UserError } from "@image-resizer/lib/user-error";
import { rules } from "../../../policy/rules";
import { policyCommand } from "../main";
import { type PackConfig, readPackConfig } from "../pack-config";

describe("the config of the pack", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "policy-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  function read(content: unknown): PackConfig {
    const file = path.join(folder, "config.json");
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
    return readPackConfig(file, rules);
  }

  it("has levels and config keys of rules", () => {
    assert.deepEqual(read({ all: "advisory", "required-tags": { enforcementLevel: "mandatory", tags: ["Team"] } }), {
      all: { enforcementLevel: "advisory", values: {} },
      "required-tags": { enforcementLevel: "mandatory", values: { tags: ["Team"] } },
    });
  });

  for (const [content, message] of [
    ["{", "config.json cannot be read as JSON: "],
    [[], "config.json must hold an object of rules"],
    [{ nope: "advisory" }, 'config.json names the rule "nope": allowed are all, no-s3-full-access, '],
    [{ all: "loud" }, "config.json sets all to the level loud: allowed are advisory, mandatory, remediate, disabled"],
    [{ "required-tags": { tag: [] } }, 'config.json sets the config key "tag" of required-tags: allowed are tags'],
    [{ "logs-expire": { days: 1 } }, 'config.json sets the config key "days" of logs-expire: allowed are none'],
    [{ "required-tags": { tags: "Team" } }, "tags of required-tags is Team: it must be a list of strings"],
    [{ "size-allow-list-bounded": { maxSizes: -1 } }, "maxSizes of size-allow-list-bounded is -1: it must be a whole"],
    [{ "size-allow-list-bounded": { allowUnlistedSizes: 1 } }, "is 1: it must be true or false"],
  ] as const) {
    it(`rejects ${JSON.stringify(content)}`, () => {
      assert.throws(
        () => read(content),
        (error) => error instanceof UserError && error.message.includes(message),
        message,
      );
    });
  }

  it("rejects a file that does not exist", () => {
    assert.throws(
      () => readPackConfig(path.join(folder, "nope.json"), rules),
      /nope.json cannot be read as JSON: ENOENT/,
    );
  });
});

describe("README.md of npm run policy", () => {
  it("lists the options", () => {
    assertReadmeHasOptions(path.resolve(__dirname, "../README.md"), policyCommand);
  });
});
