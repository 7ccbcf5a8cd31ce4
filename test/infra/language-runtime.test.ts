import assert from "node:assert/strict";
import { register } from "../support/program";
import { previewInRuntime } from "../support/language-runtime";

describe("the program in Pulumi's own language runtime", function () {
  // The runtime type-checks the whole program first.
  this.timeout(60_000);

  it("is found, compiled and run, and registers what it registers under mocks", async () => {
    const { exitCode, registered, output } = await previewInRuntime("prod");
    assert.equal(exitCode, 0, output);
    const { run } = await register({ stack: "prod" });
    assert.deepEqual([...registered].sort(), run.resources.map(({ type, name }) => `${type}::${name}`).sort());
  });

  it("stops at a bad config before anything is registered, with the reasons and no stack trace", async () => {
    const { exitCode, registered, output } = await previewInRuntime("dev", { sizes: ["640"], memmorySize: 2048 });
    assert.notEqual(exitCode, 0);
    assert.deepEqual(registered, ["pulumi:pulumi:Stack::image-resizer-dev"]);
    assert.match(
      output,
      /The config of stack dev cannot be deployed:\n {2}- image-resizer:sizes has 640: allowed is WxH/,
    );
    assert.match(output, /\n {2}- image-resizer:memmorySize is not a key: did you mean resizer.memorySize\?/);
    assert.doesNotMatch(output, /\n\s+at .*\.ts:\d+/);
  });
});
