import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { answer } from "../../../functions/edge/handler";
import type { EdgeSettings } from "../../../functions/edge/settings";
import { buildEdgeCode } from "../../../infra/cdn/edge-function";

/** Interpreter that CloudFront's runtime is built on. */
const NJS = "njs";

/** Calls the handler for each of the requests, and prints the results as JSON, in pieces: njs cuts a line at 2 KB. */
const harness = (requests: readonly object[]) => `
var requests = ${JSON.stringify(requests)};
var results = JSON.stringify(requests.map(function (request) {
  return handler({ context: { requestId: "request-1" }, request: request });
}));
for (var at = 0; at < results.length; at += 500) console.log(results.slice(at, at + 500));
`;

const SETTINGS: EdgeSettings = {
  allowList: { sizes: ["360x270", "640w", "480h"], formats: ["avif", "webp"], maxDimension: 4096 },
  negotiated: ["avif", "webp"],
  validate: true,
  serveOriginals: true,
  keyInQuery: true,
};

function requestOf(uri: string, accept: string) {
  return { method: "GET", uri, querystring: {}, headers: { accept: { value: accept } }, cookies: {} };
}

describe("the edge function in njs", () => {
  const segment = fc.oneof(
    fc.constantFrom("640w", "641w", "480h.webp", "640w.png", "9999w", "p 1", "", "..", "%zz", "%ED%A0%80", "%F0%9F%98"),
    fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }).map(encodeURIComponent),
  );
  const uri = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join("/")}`);
  const range = fc.constantFrom(
    "image/avif",
    "image/webp;q=0.5",
    "image/*;q=0.8",
    'text/x;p="a,\\"b',
    '"',
    "*/*",
    "😀",
  );
  const accept = fc.array(range, { maxLength: 5 }).map((ranges) => ranges.join(","));
  const longest = ["abc", "abcd"].map((end) => `/640w/${encodeURIComponent("😀".repeat(254) + end)}`);
  const requests = [
    ...longest.map((path) => requestOf(path, "")),
    ...fc.sample(fc.tuple(uri, accept), { numRuns: 2000, seed: 1 }).map(([path, header]) => requestOf(path, header)),
  ];

  const input = buildEdgeCode(SETTINGS) + harness(requests);
  const { stdout, stderr, error } = spawnSync(NJS, ["-"], { input, encoding: "utf8" });
  if (error) {
    it(`was not tried: this machine has no ${NJS} (Debian's package of that name has it)`, () => {
      assert.match(error.message, /ENOENT/);
    });
    return;
  }

  it("answers as it does in V8", () => {
    assert.equal(stderr, "");
    const results = JSON.parse(stdout.replace(/\n/g, "")) as unknown[];
    assert.equal(results.length, requests.length);
    for (const [index, request] of requests.entries()) {
      const inV8 = answer({ context: { requestId: "request-1" }, request: structuredClone(request) }, SETTINGS);
      assert.deepEqual(results[index], inV8, request.uri.slice(0, 200));
    }
  });
});
