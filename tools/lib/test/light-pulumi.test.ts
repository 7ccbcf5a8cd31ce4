import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { ROOT } from "../root";

describe("the light SDK of Pulumi", () => {
  it("is loaded without TypeScript and Arborist, which others get whole", async () => {
    const script = `require("./tools/lib/program.ts"); console.log(Object.keys(require.cache).join("\\n"));
      console.log("version", require("typescript").version);`;
    const words = ["-r", path.join(ROOT, "tools/lib/preflight.cjs"), "-e", script];
    const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: ROOT });
    assert.match(stdout, /@pulumi\/pulumi\/runtime\/mocks\.js\n/);
    assert.doesNotMatch(stdout, /node_modules\/(typescript|@npmcli)\//);
    assert.match(stdout, /^version \d+\.\d+\.\d+$/m);
  });
});
