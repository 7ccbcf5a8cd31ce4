import assert from "node:assert/strict";
import { everything } from "../support/everything";
import { readGolden } from "../support/golden";
import { previewInRuntime } from "../support/language-runtime";

describe("the program in Pulumi's own language runtime", () => {
  it("is found, type-checked and run, and registers what the golden file holds", async () => {
    const { exitCode, registered, output } = await previewInRuntime("dev", everything(), { typeCheck: true });
    assert.equal(exitCode, 0, output);
    const { resources } = JSON.parse(readGolden("everything")) as { resources: { type: string; name: string }[] };
    assert.deepEqual([...registered].sort(), resources.map(({ type, name }) => `${type}::${name}`).sort());
  });

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
