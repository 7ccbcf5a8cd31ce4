import assert from "node:assert/strict";
import { RequestLog } from "../request-log";
import { type Hop, Trace } from "../trace";

describe("the request log", () => {
  const hop = (requestId: string, part: Hop["part"], what: string, status: number, more: Partial<Hop> = {}): Hop => ({
    requestId,
    part,
    what,
    status,
    startedAt: 0,
    ms: 1.4,
    ...more,
  });

  function start() {
    const trace = new Trace();
    const lines: string[] = [];
    new RequestLog(trace, (line) => lines.push(line));
    return { trace, lines };
  }

  it("writes a line for every request of a viewer, with its hops in the order in which they began", () => {
    const { trace, lines } = start();
    const location = "http://localhost:8081/dev/resizer?key=a";
    trace.report(hop("1", "s3", "PutObject 640w/a", 200, { startedAt: 3 }));
    trace.report(hop("2", "website", "GET /b", 307, { detail: location }));
    trace.report(hop("1", "s3", "GetObject a", 200, { startedAt: 2 }));
    trace.report(hop("1", "function", "invoke resizer", 200, { startedAt: 1, detail: "cold start" }));
    assert.deepEqual(lines, []);
    trace.report(hop("2", "cdn", "GET /b", 307, { entry: true, ms: 5, detail: `Miss from cloudfront, ${location}` }));
    trace.report(hop("1", "api", "GET /dev/resizer?key=a", 301, { entry: true, ms: 30 }));
    assert.deepEqual(lines, [
      `307  GET /b  5 ms  cdn Miss from cloudfront, ${location}; website 307 1 ms`,
      "301  GET /dev/resizer?key=a  30 ms  api; function 200 invoke resizer 1 ms cold start; " +
        "s3 200 GetObject a 1 ms; s3 200 PutObject 640w/a 1 ms",
    ]);
  });

  it("says of IAM what was denied", () => {
    const { trace, lines } = start();
    trace.report(hop("1", "iam", "s3:GetObject allowed", 200));
    trace.report(hop("1", "iam", "s3:PutObject denied", 403, { startedAt: 1, detail: "no statement allows it" }));
    trace.report(hop("1", "api", "GET /x", 500, { entry: true }));
    assert.deepEqual(lines, ["500  GET /x  1 ms  api; iam 403 s3:PutObject denied 1 ms no statement allows it"]);
  });

  it("writes the function's lines as they come", () => {
    const { trace, lines } = start();
    trace.log({ requestId: undefined, text: "hello" });
    assert.deepEqual(lines, ["    hello"]);
  });
});
