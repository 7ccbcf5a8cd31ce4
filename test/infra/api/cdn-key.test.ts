import assert from "node:assert/strict";
import { hashOfKey } from "../../../functions/resizer/callers";
import { readSettings } from "../../../functions/resizer/settings";
import { register, type Registered } from "../../support/program";

const failover = (config: Readonly<Record<string, unknown>> = {}) => ({ "cdn.delivery": "failover", ...config });

/** The key that CloudFront sends to the API. */
function sentKey(stack: Registered): unknown {
  const origins = stack.one("Distribution").inputs.origins as { originId: string; customHeaders?: unknown }[];
  return origins.find(({ originId }) => originId === "api")?.customHeaders;
}

function acceptedHashes(stack: Registered): readonly string[] | undefined {
  const { variables } = stack.one("Function").inputs.environment as { variables: Record<string, string> };
  return readSettings(variables).callerHashes;
}

const valueOf = (stack: Registered, name: string) => String(stack.named("Parameter", name).outputs.value);

describe("the key by which the API knows the CDN", () => {
  it("is sent by CloudFront to the API alone, and the function knows its hash", async () => {
    const stack = await register({ stack: "dev", config: failover() });
    const key = valueOf(stack, "cdn-key-1");
    assert.deepEqual(sentKey(stack), [{ name: "x-cdn-key", value: key }]);
    assert.deepEqual(acceptedHashes(stack)?.at(0), hashOfKey(key));
    const { inputs } = stack.one("Distribution");
    assert.equal(JSON.stringify(inputs).split(key).length, 2);
    assert.ok(!JSON.stringify(stack.one("Function").inputs.environment).includes(key));
  });

  it("changes without a gap: the function accepts the next one before CloudFront sends it", async () => {
    const stack = await register({ stack: "dev", config: failover({ "cdn.keyGeneration": 3 }) });
    assert.deepEqual(
      stack.all("Parameter").map(({ name }) => name),
      ["cdn-key-3", "cdn-key-4"],
    );
    assert.deepEqual(sentKey(stack), [{ name: "x-cdn-key", value: valueOf(stack, "cdn-key-3") }]);
    assert.deepEqual(
      acceptedHashes(stack),
      ["cdn-key-3", "cdn-key-4"].map((name) => hashOfKey(valueOf(stack, name))),
    );
  });

  it("is encrypted, and stays the one that was stored first though every run makes up another", async () => {
    const runs = [
      await register({ stack: "dev", config: failover({ "cdn.keyGeneration": 2 }) }),
      await register({ stack: "dev", config: failover({ "cdn.keyGeneration": 3 }) }),
    ];
    const keys = runs.map((run) => {
      const { inputs, options } = run.named("Parameter", "cdn-key-3");
      assert.deepEqual([inputs.name, inputs.type], ["/image-resizer-dev/cdn-key/3", "SecureString"]);
      assert.deepEqual(options.ignoreChanges, ["value"]);
      // A secret reaches the engine in an object of its own.
      return (inputs.value as { value: string }).value;
    });
    for (const key of keys) assert.match(key, /^[0-9a-f]{64}$/);
    assert.equal(new Set(keys).size, 2);
  });

  it("is not there where clients ask the API themselves", async () => {
    const stack = await register({ stack: "dev" });
    assert.deepEqual([stack.all("Parameter"), acceptedHashes(stack)], [[], undefined]);
  });
});
