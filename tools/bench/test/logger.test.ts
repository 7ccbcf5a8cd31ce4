import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ROOT } from "@image-resizer/lib/root";

describe("npm run bench:logger", () => {
  it("starts the function's own logger and Powertools' in fresh processes", async () => {
    const argv = ["--import", "tsx", "tools/bench/logger/main.ts", "--starts", "1"];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, argv, { cwd: ROOT });
    assert.match(stdout, /^\| own \| \d+ \| \d+\.\d\d \| /m);
    assert.match(stdout, /^\| powertools \| \d+ \| \d+\.\d\d \| /m);
    assert.equal(stderr, "");
  });
});
