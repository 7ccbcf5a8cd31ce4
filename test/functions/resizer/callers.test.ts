import assert from "node:assert/strict";
import { createCallerCheck, hashOfKey } from "../../../functions/resizer/callers";
import { createHandler } from "../../../functions/resizer/handler";
import type { Settings } from "../../../functions/resizer/settings";
import { quietly } from "../../support/quietly";

const HASHES = ["new key", "former key"].map(hashOfKey);

describe("the callers of the function", () => {
  const mayAsk = createCallerCheck(HASHES);

  for (const [headers, expected] of [
    [{ "x-cdn-key": "new key" }, true],
    [{ "x-cdn-key": "former key" }, true],
    [{ "x-cdn-key": "another key" }, false],
    [{ "x-cdn-key": "" }, false],
    [{ "x-cdn-key": "new key,former key" }, false],
    [{ "x-cdn-key": HASHES[0] }, false],
    [{ "x-other": "new key" }, false],
    [{}, false],
    [undefined, false],
  ] as const) {
    it(`${expected ? "pass" : "are rejected"} with ${JSON.stringify(headers)}`, () => {
      assert.equal(mayAsk(headers), expected);
    });
  }

  it("pass with anything where the stack knows no key", () => {
    assert.equal(createCallerCheck(undefined)({}), true);
  });

  it("that are rejected get a 403 before the key is read, and S3 is not asked", async () => {
    const asked: string[] = [];
    const store = {
      has: (key: string) => Promise.resolve(asked.push(key) > 0),
      readOriginal: () => new Promise<never>(() => undefined),
      writeVariant: () => Promise.reject(new Error("not called")),
    };
    const allowList = { sizes: ["640w"], formats: [], maxDimension: 4096 };
    const handler = createHandler({ allowList, callerHashes: HASHES } as unknown as Settings, store);
    const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => 10_000 };
    const ask = (headers: Record<string, string>) =>
      quietly(() => handler({ rawQueryString: "key=640w/a.jpg", routeKey: "GET /resizer/{key+}", headers }, context));

    const { result, lines } = await ask({ "x-cdn-key": "another key" });
    assert.deepEqual(result, {
      statusCode: 403,
      headers: {
        "content-type": "application/json",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
      },
      body: '{"error":"not-from-cdn","message":"The CDN alone may ask for this.","requestId":"request-1"}',
    });
    assert.deepEqual(asked, []);
    assert.deepEqual(
      lines.map(({ level, error, keys }) => ({ level, error, keys })),
      [{ level: "warn", error: "not-from-cdn", keys: [] }],
    );

    // What the client has sent, what CloudFront has added, what the API has added.
    const forwarded = { "x-forwarded-for": "10.1.1.1, 203.0.113.7, 130.176.1.1" };
    const accepted = await ask({ "x-cdn-key": "former key", ...forwarded });
    assert.equal(accepted.result.statusCode, 302);
    assert.deepEqual(asked, ["640w/a.jpg"]);
    assert.deepEqual(
      accepted.lines.map(({ viewer }) => viewer),
      ["203.0.113.7"],
    );
  });
});
