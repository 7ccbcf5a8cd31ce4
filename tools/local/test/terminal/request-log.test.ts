import assert from "node:assert/strict";
import { type LogFormat, RequestLog } from "../../terminal/request-log";
import { type Hop, Trace } from "../../trace";

const STARTED = new Date(2026, 0, 2, 3, 4, 5).getTime();

describe("the request log", () => {
  const hop = (requestId: string, part: Hop["part"], what: string, status: number, more: Partial<Hop> = {}): Hop => ({
    requestId,
    part,
    what,
    status,
    startedAt: STARTED,
    ms: 1.4,
    ...more,
  });

  function start(format: LogFormat = "text") {
    const trace = new Trace();
    const lines: string[] = [];
    new RequestLog(trace, { format, paint: (_style, text) => text, write: (line) => lines.push(line) });
    return { trace, lines };
  }

  it("writes a line for every request of a client: time, status, request, size, duration, outcome", () => {
    const { trace, lines } = start();
    trace.report(hop("1", "s3", "PutObject 640w/a", 200));
    trace.report(hop("2", "website", "GET /b", 307));
    trace.report(hop("1", "function", "invoke resizer", 200));
    assert.deepEqual(lines, []);
    trace.report(hop("2", "cdn", "GET /b", 307, { entry: true, ms: 5, detail: "Miss from cloudfront, http://x" }));
    trace.report(hop("1", "api", "GET /dev/resizer?key=640w/a", 301, { entry: true, ms: 30 }));
    trace.report(hop("3", "cdn", "GET /c", 200, { entry: true, bytes: 48_230, detail: "Hit from cloudfront" }));
    trace.report(hop("4", "s3", "PutObject d", 200, { entry: true, bytes: 1_250_000 }));
    assert.deepEqual(lines, [
      "03:04:05  307  GET /b  0 B  5 ms  miss",
      "03:04:05  301  GET /dev/resizer?key=640w/a  0 B  30 ms  made",
      "03:04:05  200  GET /c  48 KB  1 ms  hit",
      "03:04:05  200  PutObject d  1.3 MB  1 ms  s3",
    ]);
  });

  it("says of IAM what was denied where that is the reason", () => {
    const { trace, lines } = start();
    trace.report(hop("0", "iam", "s3:ListBucket denied", 403));
    trace.report(hop("0", "api", "GET /w", 301, { entry: true }));
    trace.report(hop("1", "iam", "s3:GetObject allowed", 200));
    trace.report(hop("1", "iam", "s3:PutObject denied", 403, { detail: "no statement allows it" }));
    trace.report(hop("1", "api", "GET /x", 500, { entry: true }));
    assert.deepEqual(lines.slice(1), [
      "03:04:05  500  GET /x  0 B  1 ms  api  s3:PutObject denied: no statement allows it",
    ]);
  });

  it("writes the functions' warnings, and what is no JSON, as they come", () => {
    const { trace, lines } = start();
    const texts = ["hello", '{"level":"info","message":"made"}', '{"level":"warn","message":"too large"}', "null"];
    for (const text of texts) trace.log({ requestId: undefined, text });
    assert.deepEqual(lines, ["    hello", "    warn: too large", "    null"]);
  });

  it("has every hop and every line of a function as JSON", () => {
    const { trace, lines } = start("json");
    const inner = hop("1", "website", "GET /b", 404);
    const entry = hop("1", "cdn", "GET /b", 404, { entry: true, bytes: 7, detail: "Error from cloudfront" });
    trace.report(inner);
    trace.log({ requestId: "1", text: '{"level":"info"}' });
    trace.report(entry);
    assert.deepEqual(
      lines.map((line) => JSON.parse(line) as unknown),
      [
        { requestId: "1", log: '{"level":"info"}' },
        {
          time: new Date(STARTED).toISOString(),
          requestId: "1",
          status: 404,
          what: "GET /b",
          bytes: 7,
          ms: 1.4,
          result: "error",
          hops: [inner, entry],
        },
      ],
    );
  });

  for (const format of ["text", "json"] as const) {
    it(`lets nothing that a client or a function sends act on the terminal, or end a line (${format})`, () => {
      const { trace, lines } = start(format);
      const hostile = "a\u001b[2J\u009b31m\r\n03:04:05  200  forged\u007f\u202e\u2028";
      trace.report(hop("1", "iam", hostile, 403, { detail: hostile }));
      trace.report(hop("1", "s3", `PutObject ${hostile}`, 403, { entry: true, detail: hostile }));
      trace.log({ requestId: "1", text: hostile });
      trace.log({ requestId: "1", text: JSON.stringify({ level: "warn", message: hostile }) });
      assert.equal(lines.length, 3);
      // oxlint-disable-next-line no-control-regex -- they must not be there
      for (const line of lines) assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
      if (format === "json") {
        const [, log] = lines.map((line) => JSON.parse(line) as { log: string });
        assert.equal(log?.log, hostile);
      }
    });
  }
});
