import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { PULUMI_VERSION, pulumiOutputs } from "../pulumi-outputs";
import { UserError } from "../user-error";

describe("the outputs of a stack", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "prewarm-cli-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** Returns an environment whose PATH has only these commands, each a script for a shell. */
  function commands(scripts: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const bin = mkdtempSync(path.join(folder, "bin-"));
    for (const [name, script] of Object.entries(scripts)) {
      writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(path.join(bin, name), 0o755);
    }
    return { PATH: bin };
  }
  const echo = `echo "{\\"said\\": \\"$*\\"}"`;

  it("come from the pulumi on the PATH", async () => {
    assert.deepEqual(await pulumiOutputs("prod", commands({ pulumi: echo, npx: "exit 1" })), {
      said: "stack output --json --stack prod",
    });
  });

  it("come from npm's without one", async () => {
    assert.deepEqual(await pulumiOutputs("prod", commands({ npx: echo })), {
      said: `--yes pulumi@${PULUMI_VERSION} stack output --json --stack prod`,
    });
  });

  it("are rejected with the error of the CLI", async () => {
    const pulumi =
      'echo "warning: old" >&2; echo "error: no stack named \'prod\' found" >&2; echo "see help" >&2; exit 255';
    await assert.rejects(
      pulumiOutputs("prod", commands({ pulumi })),
      new UserError("pulumi stack output --json --stack prod failed: error: no stack named 'prod' found"),
    );
    await assert.rejects(
      pulumiOutputs("prod", commands({})),
      new UserError("neither pulumi nor npx is on the PATH: one of them must read the stack"),
    );
    await assert.rejects(
      pulumiOutputs("prod", commands({ pulumi: "echo hello" })),
      new UserError("pulumi stack output --stack prod did not print JSON"),
    );
  });
});
