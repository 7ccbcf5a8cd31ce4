import assert from "node:assert/strict";
import { type AnswerSettings, deliver, MAX_ANSWER_BYTES } from "../../../functions/resizer/answer";
import type { Created } from "../../../functions/resizer/resizer";
import { replyOf } from "@image-resizer/local/api/proxy";

const FAILOVER: AnswerSettings = { cacheControl: "public, max-age=60" };

function outcome(bytes: Buffer, key = "p_1/640w.webp/a b?.jpg"): Created {
  return { key, size: "640w", image: { bytes, format: "webp" }, written: true, etag: '"abc"', bytesIn: 1 };
}

describe("the answer to a miss", () => {
  it("is a redirect to the CDN where clients ask the function", () => {
    const settings: AnswerSettings = { ...FAILOVER, cdnUrl: "https://cdn.example" };
    assert.deepEqual(deliver(outcome(Buffer.from("picture")), settings), {
      statusCode: 301,
      headers: { location: "https://cdn.example/p_1/640w.webp/a%20b%3F.jpg", "cache-control": "no-store" },
    });
  });

  it("is the variant with its own headers where CloudFront does", () => {
    const { etag, ...withoutTag } = outcome(Buffer.from("picture"));
    const headers = { "content-type": "image/webp", "cache-control": "public, max-age=60" };
    const body = { isBase64Encoded: true, body: "cGljdHVyZQ==" };
    assert.deepEqual(deliver({ ...withoutTag, etag: etag ?? "" }, FAILOVER), {
      statusCode: 200,
      headers: { ...headers, etag: '"abc"' },
      ...body,
    });
    assert.deepEqual(deliver(withoutTag, FAILOVER), { statusCode: 200, headers, ...body });
  });

  it("asks for a variant that existed already once more, at the CDN", () => {
    const found = { key: "p_1/640w/a b.jpg", size: "640w" };
    assert.deepEqual(deliver(found, { ...FAILOVER, cdnUrl: "https://cdn.example" }), {
      statusCode: 301,
      headers: { location: "https://cdn.example/p_1/640w/a%20b.jpg", "cache-control": "no-store" },
    });
    assert.deepEqual(deliver(found, FAILOVER), {
      statusCode: 302,
      headers: { location: "/p_1/640w/a%20b.jpg", "cache-control": "private, no-store" },
    });
  });

  it("is for its client alone where another request has written the variant: that may be of a newer original", () => {
    const late = { ...outcome(Buffer.from("picture")), written: false };
    const answer = deliver(late, FAILOVER);
    assert.deepEqual([answer.statusCode, answer.headers?.["cache-control"]], [200, "private, no-store"]);
  });

  it("is a redirect to the same path from the first byte that Lambda would not return", () => {
    const envelope = Buffer.byteLength(JSON.stringify(deliver(outcome(Buffer.alloc(0)), FAILOVER)));
    const most = Math.floor((MAX_ANSWER_BYTES - envelope) / 4) * 3;
    assert.equal(most, 4_718_556);
    const whole = deliver(outcome(Buffer.alloc(most)), FAILOVER);
    assert.equal(whole.statusCode, 200);
    const payload = JSON.stringify(whole);
    assert.ok(payload.length <= MAX_ANSWER_BYTES && payload.length > MAX_ANSWER_BYTES - 4);
    // The local API refuses a longer one, as Lambda does.
    const { status, body } = replyOf(payload);
    assert.ok(Buffer.isBuffer(body));
    assert.deepEqual([status, body.length], [200, most]);
    assert.equal(replyOf(payload.replace('"body":"', '"body":"AAAA')).status, 500);

    assert.deepEqual(deliver(outcome(Buffer.alloc(most + 1)), FAILOVER), {
      statusCode: 302,
      headers: { location: "/p_1/640w.webp/a%20b%3F.jpg", "cache-control": "private, no-store" },
    });
  });
});
