import assert from "node:assert/strict";
import type { ProgramOptions } from "@image-resizer/lib/program";
import { everything } from "../support/everything";
import { previewInRuntime } from "../support/language-runtime";
import { register } from "../support/program";

describe("the program in Pulumi's own language runtime", () => {
  const stacks: Record<string, ProgramOptions> = {
    "of prod": { stack: "prod" },
    "of a stack with everything on": { stack: "dev", config: everything() },
  };
  for (const [name, options] of Object.entries(stacks)) {
    it(`is found, compiled and run, and registers what it registers under mocks: ${name}`, async () => {
      const { exitCode, registered, output } = await previewInRuntime(options.stack, options.config);
      assert.equal(exitCode, 0, output);
      const { run } = await register(options);
      assert.deepEqual([...registered].sort(), run.resources.map(({ type, name: it }) => `${type}::${it}`).sort());
    });
  }

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
