import assert from "node:assert/strict";
import fc from "fast-check";
import { answer } from "../../../functions/edge/handler";
import type { EdgeEvent, EdgeRequest, EdgeResponse } from "../../../functions/edge/handler";
import type { EdgeSettings } from "../../../functions/edge/settings";
import { createHandler } from "../../../functions/resizer/handler";
import { Refusal } from "../../../functions/resizer/refusal";
import { SETTINGS as RESIZER_SETTINGS } from "../resizer/support/settings";
import { encodeKey } from "../../../functions/variant-key";
import { buildEdgeCode } from "../../../infra/cdn/edge-function";
import { EdgeFunction } from "@image-resizer/local/cdn/edge-function";

const SETTINGS: EdgeSettings = {
  allowList: { sizes: ["360x270", "640w", "480h"], formats: ["avif", "webp"], maxDimension: 4096 },
  negotiated: ["avif", "webp"],
  validate: true,
  serveOriginals: true,
  keyInQuery: false,
};
const MODERN = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8";

function event(uri: string, headers: Readonly<Record<string, string>> = {}): EdgeEvent {
  const values = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, { value }]));
  return {
    context: { requestId: "request-1" },
    request: { method: "GET", uri, querystring: {}, headers: values, cookies: {} },
  };
}

function isResponse(result: EdgeRequest | EdgeResponse): result is EdgeResponse {
  return "statusCode" in result;
}

function bodyOf({ body = "" }: EdgeResponse): string {
  return typeof body === "string" ? body : body.data;
}

/** Next hop of a request, or its error. */
function outcome(uri: string, accept?: string, settings: Partial<EdgeSettings> = {}): string {
  const result = answer(event(uri, accept === undefined ? {} : { accept }), { ...SETTINGS, ...settings });
  if (!isResponse(result)) return result.uri;
  return `${result.statusCode} ${(JSON.parse(bodyOf(result)) as { error: string }).error}`;
}

describe("the edge function", () => {
  describe("rejects", () => {
    const refused: readonly [uri: string, answer: string][] = [
      ["/p_1/641w/a.jpg", "404 size-not-allowed"],
      ["/641w/a.jpg", "404 size-not-allowed"],
      ["/p_1/%3641w/a.jpg", "404 size-not-allowed"],
      ["/p_1/640w.png/a.jpg", "404 format-not-allowed"],
      ["/p_1/5000w/a.jpg", "400 malformed-key"],
      ["/p_1/640w/640w/a.jpg", "400 malformed-key"],
      ["/640w.webp/p_1/480h/a.jpg", "400 malformed-key"],
      ["/640w%2Fp_1/480h/a.jpg", "400 malformed-key"],
      ["/", "400 malformed-key"],
      ["/p_1/640w/", "400 malformed-key"],
      ["/p_1//640w/a.jpg", "400 malformed-key"],
      ["/p_1/../640w/a.jpg", "400 malformed-key"],
      ["/p_1/%2e%2e/640w/a.jpg", "400 malformed-key"],
      ["/p_1/640w/a%00.jpg", "400 malformed-key"],
      ["/p_1/640w/%FF.jpg", "400 malformed-key"],
      ["/p_1/640w/%zz.jpg", "400 malformed-key"],
      [`/${"%C3%A9".repeat(510)}/640w/a.jpg`, "400 malformed-key"],
    ];
    for (const [uri, expected] of refused) {
      it(`${uri.slice(0, 60)} with ${expected}`, () => {
        assert.equal(outcome(uri, MODERN), expected);
      });
    }

    it("with a body and headers that a cache keeps", () => {
      assert.deepEqual(answer(event("/p_1/641w/a.jpg"), SETTINGS), {
        statusCode: 404,
        statusDescription: "Not Found",
        headers: {
          "content-type": { value: "application/json" },
          "cache-control": { value: "public, max-age=60" },
          "x-content-type-options": { value: "nosniff" },
        },
        body: {
          encoding: "text",
          data: '{"error":"size-not-allowed","message":"The size 641w is not allowed.","requestId":"request-1"}',
        },
      });
    });

    it("nothing where the stack does not ask it to", () => {
      for (const [uri] of refused) assert.match(outcome(uri, MODERN, { validate: false }), /^\//);
    });

    it("an original where the stack serves none, under whatever key, and no variant", () => {
      const none = { serveOriginals: false };
      for (const uri of ["/a.jpg", "/p_1/a.jpg", "/640w/p_1/a.jpg", "/favicon.ico", "/p_1/640w.gif/a.jpg"]) {
        assert.equal(outcome(uri, MODERN, none), "404 original-not-served");
      }
      assert.equal(outcome("/p_1/640w/a.jpg", "*/*", none), "/p_1/640w/a.jpg");
    });

    it("nothing that may be an original", () => {
      for (const uri of ["/a.jpg", "/p_1/a.jpg", "/640w/p_1/a.jpg", "/favicon.ico"]) {
        assert.equal(outcome(uri, MODERN), uri);
      }
    });
  });

  describe("negotiates", () => {
    const sent: readonly [uri: string, to: string][] = [
      ["/p_1/640w/a.jpg", "/p_1/640w.avif/a.jpg"],
      ["/640w/a.jpg", "/640w.avif/a.jpg"],
      ["/p_1/deep/360x270/a%20b%2Bc%25.JPG", "/p_1/deep/360x270.avif/a%20b%2Bc%25.JPG"],
      ["/p_1/640w/a+b%26c.jpg", "/p_1/640w.avif/a%2Bb%26c.jpg"],
      ["/%E4%BD%A0/480h/%F0%9F%8F%94.png", "/%E4%BD%A0/480h.avif/%F0%9F%8F%94.png"],
      ["/p_1/640w/a.webp", "/p_1/640w.avif/a.webp"],
      ["/p_1/640w/a.avif", "/p_1/640w/a.avif"],
      ["/p_1/640w/a.heic", "/p_1/640w.avif/a.heic"],
      ["/p_1/640w/a.GIF", "/p_1/640w.webp/a.GIF"],
      ["/p_1/640w.avif/a.gif", "/p_1/640w.avif/a.gif"],
      ["/p_1/640w.webp/a.jpg", "/p_1/640w.webp/a.jpg"],
      ["/p_1/640w.avif/a.jpg", "/p_1/640w.avif/a.jpg"],
      ["/p_1/a.jpg", "/p_1/a.jpg"],
    ];
    for (const [uri, to] of sent) {
      it(`${uri} to ${to}`, () => {
        assert.equal(outcome(uri, MODERN), to);
      });
    }

    it("by all the Accept headers of a request", () => {
      const { request, ...rest } = event("/640w/a.jpg");
      const accept = { value: "image/avif;q=0", multiValue: [{ value: "image/avif;q=0" }, { value: "image/webp" }] };
      const result = answer({ ...rest, request: { ...request, headers: { accept } } }, SETTINGS);
      assert.equal(isResponse(result) ? undefined : result.uri, "/640w.webp/a.jpg");
    });

    it("not beyond the length that S3 accepts", () => {
      const file = (bytes: number) => `/640w/${"a".repeat(bytes - "640w/.jpg".length)}.jpg`;
      assert.equal(outcome(file(1019), "image/webp"), file(1019).replace("640w", "640w.webp"));
      assert.equal(outcome(file(1020), "image/webp"), file(1020));
      assert.equal(outcome(file(1024), "image/webp"), file(1024));
    });

    it("and leaves everything else of the request as it is", () => {
      const before = event("/640w/a.jpg", { accept: "image/webp", "x-other": "1" });
      const expected = structuredClone(before.request);
      assert.deepEqual(answer(before, SETTINGS), { ...expected, uri: "/640w.webp/a.jpg" });
    });
  });

  it("tells the key beside the path where the origin cannot read it there, and no other", () => {
    const told = (uri: string, accept?: string) => {
      const asked = event(uri, accept === undefined ? {} : { accept });
      asked.request.querystring = { key: { value: "p_1/640w/other.jpg" }, more: { value: "1" } };
      const result = answer(asked, { ...SETTINGS, validate: false, serveOriginals: true, keyInQuery: true });
      assert.ok(!isResponse(result));
      return [result.uri, result.querystring];
    };
    assert.deepEqual(told("/p_1/640w/a%3Fb%2Bc.jpg"), [
      "/p_1/640w/a%3Fb%2Bc.jpg",
      { key: { value: "p_1%2F640w%2Fa%3Fb%2Bc.jpg" } },
    ]);
    assert.deepEqual(told("/640w%2Fa.jpg", "image/webp"), [
      "/640w.webp/a.jpg",
      { key: { value: "640w.webp%2Fa.jpg" } },
    ]);
    assert.deepEqual(told("/640w%2Fa.jpg"), ["/640w/a.jpg", { key: { value: "640w%2Fa.jpg" } }]);
    assert.deepEqual(told("/640w/%FF.jpg"), ["/640w/%FF.jpg", {}]);
  });
});

describe("the edge and the resizer", () => {
  const resizerSettings = { ...RESIZER_SETTINGS, allowList: SETTINGS.allowList };
  /** A bucket without an original, so that a key that is served ends with `original-not-found`. */
  const handler = createHandler(resizerSettings, {
    has: () => Promise.resolve(false),
    readOriginal: () => Promise.reject(new Refusal("original-not-found", "There is no such original.")),
    writeVariant: () => Promise.reject(new Error("not called")),
  });

  async function resizersAnswer(key: string): Promise<string> {
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = () => true;
    try {
      const context = { awsRequestId: "request-1", getRemainingTimeInMillis: () => 10_000 };
      const result = await handler({ rawQueryString: `key=${encodeURIComponent(key)}` }, context);
      return `${String(result.statusCode)} ${(JSON.parse(result.body ?? "") as { error: string }).error}`;
    } finally {
      process.stdout.write = write;
    }
  }

  const segment = fc.oneof(
    fc.constantFrom(
      "640w",
      "641w",
      "360x270",
      "480h",
      "640w.webp",
      "640w.png",
      "0w",
      "01w",
      "9999w",
      "p_1",
      "",
      "..",
      ".",
    ),
    fc.string({ unit: "grapheme", maxLength: 6 }),
  );
  // What follows % and is hexadecimal may be read twice by the resizer: S3 does not say how it encodes.
  const key = fc
    .array(segment, { minLength: 1, maxLength: 5 })
    .map((segments) => segments.join("/"))
    .filter((text) => !/%[0-9a-f]{2}/i.test(text));

  it("never disagree about a key", async () => {
    // The code that is deployed, in the runtime that CloudFront's is like.
    const edge = new EdgeFunction("edge", buildEdgeCode(SETTINGS));
    await fc.assert(
      fc.asyncProperty(key, async (text) => {
        const atResizer = await resizersAnswer(text);
        const result = edge.handle(event(`/${encodeKey(text)}`).request, "request-1", "192.0.2.1");
        if ("statusCode" in result) {
          const { error } = JSON.parse(result.body) as { error: string };
          assert.equal(`${result.statusCode} ${error}`, atResizer);
        } else {
          // What goes on is made, or names no size and may be an original.
          const isSized = atResizer === "404 original-not-found";
          assert.ok(isSized || atResizer === "400 malformed-key", atResizer);
          const parts = text.split("/");
          if (!isSized)
            assert.doesNotMatch(parts.at(-2) ?? "", /^([1-9]\d*x[1-9]\d*|[1-9]\d*[wh])(\.(jpeg|png|webp|avif))?$/);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
