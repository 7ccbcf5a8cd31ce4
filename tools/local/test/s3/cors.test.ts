import assert from "node:assert/strict";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { UserError } from "@image-resizer/lib/program";
import {
  BUCKET,
  declaredResources,
  raw,
  type RawAnswer,
  resource,
  startStorage,
  type TestStorage,
} from "./storage-helper";

const SHOP = "https://shop.example.com";

function withRules(corsRules: unknown) {
  const type = "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration";
  return [...declaredResources(), resource(type, "cors", { bucket: BUCKET, corsRules })];
}

const RULES = [
  { allowedOrigins: [SHOP, "https://*.example.org"], allowedMethods: ["GET", "HEAD"], exposeHeaders: ["ETag"] },
  { allowedOrigins: ["*"], allowedMethods: ["GET"], allowedHeaders: ["x-shop-*"], maxAgeSeconds: 3600 },
];
const VARY = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";

/** The CORS headers of an answer by their short names, and `Vary`. */
function cors({ headers }: RawAnswer): Record<string, unknown> {
  const own = Object.entries(headers).filter(([name]) => name.startsWith("access-control-") || name === "vary");
  return Object.fromEntries(own.map(([name, value]) => [name.replace("access-control-", ""), value]));
}
const code = ({ body }: RawAnswer) => /(?:<Code>|Code: )(\w+)/.exec(body.toString())?.[1];

describe("the bucket's CORS", () => {
  let test: TestStorage;
  before(async () => {
    test = await startStorage(withRules(RULES));
    await test.admin.send(new PutObjectCommand({ Bucket: BUCKET, Key: "640w/a.png", Body: "image" }));
  });
  after(() => test.close());

  const LISTED = { "allow-credentials": "true", "allow-methods": "GET, HEAD", "expose-headers": "ETag", vary: VARY };
  const EVERYBODY = { "allow-origin": "*", "allow-methods": "GET", "max-age": "3600", vary: VARY };
  for (const [what, method, headers, expected] of [
    ["nothing to a request without an origin", "GET", {}, {}],
    ["the origin to a listed one", "GET", { origin: SHOP }, { ...LISTED, "allow-origin": SHOP }],
    [
      "the origin to one that a wildcard covers",
      "HEAD",
      { origin: "https://a.example.org" },
      { ...LISTED, "allow-origin": "https://a.example.org" },
    ],
    ["* to another, by the next rule", "GET", { origin: "https://a.example.com" }, EVERYBODY],
    ["* to one that a redirect took away", "GET", { origin: "null" }, EVERYBODY],
    ["nothing where the method is not allowed", "HEAD", { origin: "null" }, {}],
  ] as const) {
    it(`sends ${what}, on the website and at the endpoint`, async () => {
      assert.deepEqual(cors(await raw(test.website, method, "/640w/a.png", headers)), expected);
      assert.deepEqual(cors(await raw(test.s3, method, `/${BUCKET}/640w/a.png`, headers)), expected);
    });
  }

  it("applies to redirects and errors", async () => {
    const redirect = await raw(test.website, "GET", "/640w/missing.png", { origin: SHOP });
    const error = await raw(test.s3, "GET", `/${BUCKET}/640w/missing.png`, { origin: SHOP });
    assert.deepEqual([redirect.status, cors(redirect)["allow-origin"]], [307, SHOP]);
    assert.deepEqual([error.status, cors(error)["allow-origin"]], [403, SHOP]);
  });

  const PREFLIGHT = { origin: SHOP, "access-control-request-method": "GET" };
  for (const [what, headers, status, expected, errorCode] of [
    ["a listed origin", PREFLIGHT, 200, { ...LISTED, "allow-origin": SHOP }, undefined],
    [
      "headers that a rule allows",
      { ...PREFLIGHT, "access-control-request-headers": "X-Shop-Id, x-shop-page" },
      200,
      { ...EVERYBODY, "allow-headers": "x-shop-id, x-shop-page" },
      undefined,
    ],
    [
      "a header that none allows",
      { ...PREFLIGHT, "access-control-request-headers": "x-own" },
      403,
      {},
      "AccessForbidden",
    ],
    ["a method that none allows", { ...PREFLIGHT, "access-control-request-method": "PUT" }, 403, {}, "AccessForbidden"],
    ["no origin", { "access-control-request-method": "GET" }, 400, {}, "BadRequest"],
    ["no method", { origin: SHOP }, 400, {}, "BadRequest"],
  ] as const) {
    it(`answers a preflight with ${what}: ${status}`, async () => {
      for (const answer of [
        await raw(test.website, "OPTIONS", "/640w/a.png", headers),
        await raw(test.s3, "OPTIONS", `/${BUCKET}/640w/a.png`, headers),
      ]) {
        assert.deepEqual([answer.status, cors(answer), code(answer)], [status, expected, errorCode]);
      }
    });
  }

  it("is off without a declaration, and preflights are forbidden", async () => {
    const plain = await startStorage();
    const preflight = await raw(plain.s3, "OPTIONS", `/${BUCKET}/640w/a.png`, PREFLIGHT);
    assert.deepEqual([preflight.status, code(preflight)], [403, "AccessForbidden"]);
    assert.match(preflight.body.toString(), /CORS is not enabled for this bucket/);
    assert.deepEqual(cors(await raw(plain.website, "GET", "/640w/a.png", { origin: SHOP })), {});
    await plain.close();
  });

  for (const [what, rules, problem] of [
    [
      "an origin with two wildcards",
      [{ ...RULES[0], allowedOrigins: ["*.*"] }],
      "corsRules.0.allowedOrigins.0: S3 accepts one * at most",
    ],
    ["no origin", [{ ...RULES[0], allowedOrigins: [] }], "corsRules.0.allowedOrigins: S3 needs one origin at least"],
  ] as const) {
    it(`is rejected with ${what}`, async () => {
      await assert.rejects(
        startStorage(withRules(rules)),
        new UserError(`aws:s3/bucketCorsConfiguration:BucketCorsConfiguration "cors" cannot be served: ${problem}`),
      );
    });
  }
});
