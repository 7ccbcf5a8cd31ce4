import assert from "node:assert/strict";
import { everything } from "../support/everything";
import { previewInRuntime } from "../support/language-runtime";
import { register } from "../support/program";

describe("the program in Pulumi's own language runtime", () => {
  for (const [what, stack, config, typeCheck] of [
    ["found, type-checked and run", "dev", everything(), true],
    ["run, where it redirects misses", "prod", {}, false],
  ] as const) {
    it(`is ${what}, and registers what it registers under mocks`, async () => {
      const { exitCode, registered, output } = await previewInRuntime(stack, config, { typeCheck });
      assert.equal(exitCode, 0, output);
      const { run } = await register({ stack, config });
      assert.deepEqual([...registered].sort(), run.resources.map(({ type, name }) => `${type}::${name}`).sort());
    });
  }

  it("stops at a bad config before anything is registered, with the reasons and no stack trace", async () => {
    const config = { sizes: ["640"], memmorySize: 2048 };
    const { exitCode, registered, output } = await previewInRuntime("dev", config, { typeCheck: false });
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
