import assert from "node:assert/strict";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { UserError } from "@image-resizer/lib/program";
import { freedAfterAll, freedAfterEach } from "../support/freed";
import type { Answer } from "../support/http";
import { resource } from "../support/resources";
import { BUCKET, declaredResources, raw, startStorage, type TestStorage } from "./storage-helper";

const SHOP = "https://shop.example.com";
const TYPE = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration";
const RULE = {
  allowedOrigins: [SHOP, "https://m.example.com"],
  allowedMethods: ["GET", "HEAD"],
  exposeHeaders: ["ETag"],
};
const EVERYBODY = { allowedOrigins: ["*"], allowedMethods: ["GET"], maxAgeSeconds: 3600 };
const VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

function withRules(...corsRules: object[]) {
  return [...declaredResources(), resource(TYPE, "cors", { bucket: BUCKET, corsRules })];
}

/** The CORS headers of an answer by their short names, and `Vary`. */
function cors({ headers }: Answer): Record<string, unknown> {
  const own = Object.entries(headers).filter(([name]) => name.startsWith("access-control-") || name === "vary");
  return Object.fromEntries(own.map(([name, value]) => [name.replace("access-control-", ""), value]));
}
const code = ({ body }: Answer) => /(?:<Code>|Code: )(\w+)/.exec(body.toString())?.[1];

describe("the bucket's CORS", () => {
  const free = freedAfterAll();
  const freeEach = freedAfterEach();
  let listed: TestStorage;
  let open: TestStorage;
  before(async () => {
    [listed, open] = await Promise.all([startStorage(free, withRules(RULE)), startStorage(free, withRules(EVERYBODY))]);
    for (const { admin } of [listed, open]) {
      await admin.send(new PutObjectCommand({ Bucket: BUCKET, Key: "640w/a.png", Body: "image" }));
    }
  });

  const LISTED = {
    "allow-origin": SHOP,
    "allow-credentials": "true",
    "allow-methods": "GET, HEAD",
    "expose-headers": "ETag",
    vary: VARY,
  };
  const OPEN = { "allow-origin": "*", "allow-methods": "GET", "max-age": "3600", vary: VARY };
  for (const [what, rule, method, headers, expected] of [
    ["nothing to a request without an origin", RULE, "GET", {}, {}],
    ["the origin to a listed one", RULE, "HEAD", { origin: SHOP }, LISTED],
    ["nothing to another", RULE, "GET", { origin: "https://other.example.com" }, {}],
    ["* to one that a redirect took away", EVERYBODY, "GET", { origin: "null" }, OPEN],
    ["nothing where the method is not allowed", EVERYBODY, "HEAD", { origin: "null" }, {}],
  ] as const) {
    it(`sends ${what}, on the website and at the endpoint`, async () => {
      const { website, s3 } = rule === RULE ? listed : open;
      assert.deepEqual(cors(await raw(website, method, "/640w/a.png", headers)), expected);
      assert.deepEqual(cors(await raw(s3, method, `/${BUCKET}/640w/a.png`, headers)), expected);
    });
  }

  it("applies to redirects and errors", async () => {
    const redirect = await raw(listed.website, "GET", "/640w/missing.png", { origin: SHOP });
    const error = await raw(listed.s3, "GET", `/${BUCKET}/640w/missing.png`, { origin: SHOP });
    assert.deepEqual([redirect.status, cors(redirect)["allow-origin"]], [307, SHOP]);
    assert.deepEqual([error.status, cors(error)["allow-origin"]], [403, SHOP]);
  });

  const PREFLIGHT = { origin: SHOP, "access-control-request-method": "GET" };
  for (const [what, headers, status, expected, errorCode] of [
    ["a listed origin", PREFLIGHT, 200, LISTED, undefined],
    ["a header", { ...PREFLIGHT, "access-control-request-headers": "x-own" }, 403, {}, "AccessForbidden"],
    ["another method", { ...PREFLIGHT, "access-control-request-method": "PUT" }, 403, {}, "AccessForbidden"],
    ["no origin", { "access-control-request-method": "GET" }, 400, {}, "BadRequest"],
    ["no method", { origin: SHOP }, 400, {}, "BadRequest"],
  ] as const) {
    it(`answers a preflight with ${what}: ${status}`, async () => {
      const answer = await raw(listed.website, "OPTIONS", "/640w/a.png", headers);
      assert.deepEqual([answer.status, cors(answer), code(answer)], [status, expected, errorCode]);
    });
  }

  it("is off without a declaration, and preflights are forbidden", async () => {
    const plain = await startStorage(freeEach);
    const preflight = await raw(plain.s3, "OPTIONS", `/${BUCKET}/640w/a.png`, PREFLIGHT);
    assert.deepEqual([preflight.status, code(preflight)], [403, "AccessForbidden"]);
    assert.match(preflight.body.toString(), /CORS is not enabled for this bucket/);
    assert.deepEqual(cors(await raw(plain.website, "GET", "/640w/a.png", { origin: SHOP })), {});
  });

  for (const [rules, problem] of [
    [
      [{ ...RULE, allowedOrigins: ["https://*.com"] }],
      "corsRules.0.allowedOrigins.0: the local stack serves whole origins, or *",
    ],
    [[{ ...RULE, allowedOrigins: [] }], "corsRules.0.allowedOrigins: AWS needs one origin at least"],
    [[{ ...RULE, allowedHeaders: ["x-own"] }], 'corsRules.0: Unrecognized key: "allowedHeaders"'],
  ] as const) {
    it(`is rejected with ${problem}`, async () => {
      await assert.rejects(
        startStorage(freeEach, withRules(...rules)),
        new UserError(`${TYPE} "cors" cannot be served: ${problem}`),
      );
    });
  }
});
