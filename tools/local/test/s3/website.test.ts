import assert from "node:assert/strict";
import { HeadObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { UserError } from "@image-resizer/lib/program";
import { freedAfterAll, freedAfterEach } from "../support/freed";
import { resource } from "../support/resources";
import {
  BUCKET,
  DECLARED,
  declaredResources,
  raw,
  startStorage,
  type Declared,
  type TestStorage,
} from "./storage-helper";

const Bucket = BUCKET;
const RESIZER = "http://127.0.0.1:9/prod/resizer?key=";

const rules = (...routingRules: object[]) => ({ website: { indexDocument: { suffix: "index.html" }, routingRules } });

describe("the website endpoint", () => {
  const free = freedAfterAll();
  const freeEach = freedAfterEach();
  let test: TestStorage;
  before(async () => {
    test = await startStorage(free);
    const put = (Key: string, input: object) => test.admin.send(new PutObjectCommand({ Bucket, Key, ...input }));
    await put("p_1/a b.jpg", {
      Body: "0123456789",
      ContentType: "image/jpeg",
      CacheControl: "public, max-age=31536000",
      Metadata: { original: "etag" },
    });
    await put("index.html", { Body: "<h1>root</h1>", ContentType: "text/html" });
    await put("folder/index.html", { Body: "<h1>folder</h1>", ContentType: "text/html" });
  });
  const get = (target: string, headers = {}) => raw(test.website, "GET", target, headers);

  it("serves an object with its stored headers", async () => {
    const { ETag, LastModified } = await test.admin.send(new HeadObjectCommand({ Bucket, Key: "p_1/a b.jpg" }));
    const { status, headers, body } = await get("/p_1/a%20b.jpg?v=2");
    assert.equal(status, 200);
    assert.equal(body.toString(), "0123456789");
    const { date, connection, "x-amz-id-2": id2, "x-amz-request-id": id, ...rest } = headers;
    assert.ok(date && connection && id2 && id);
    assert.deepEqual(rest, {
      "accept-ranges": "bytes",
      "cache-control": "public, max-age=31536000",
      "content-length": "10",
      "content-type": "image/jpeg",
      etag: ETag,
      "last-modified": LastModified?.toUTCString(),
      server: "AmazonS3",
      "x-amz-meta-original": "etag",
    });
  });

  it("answers HEAD with the same headers and no body", async () => {
    const { status, headers, body } = await raw(test.website, "HEAD", "/p_1/a%20b.jpg");
    assert.deepEqual(
      [status, headers["content-length"], headers["content-type"], body.length],
      [200, "10", "image/jpeg", 0],
    );
    const missing = await raw(test.website, "HEAD", "/missing.jpg");
    assert.deepEqual(
      [missing.status, missing.headers.location, missing.body.length],
      [307, `${RESIZER}missing.jpg`, 0],
    );
  });

  it("answers ranges and conditional requests", async () => {
    const { headers } = await get("/p_1/a%20b.jpg");
    const part = await get("/p_1/a%20b.jpg", { range: "bytes=2-4" });
    assert.deepEqual([part.status, part.headers["content-range"], part.body.toString()], [206, "bytes 2-4/10", "234"]);
    for (const [etag, status] of [
      ['"other"', 200],
      [headers.etag, 206],
    ] as const) {
      assert.equal((await get("/p_1/a%20b.jpg", { range: "bytes=2-4", "if-range": etag })).status, status);
    }
    const not = await get("/p_1/a%20b.jpg", { "if-none-match": headers.etag });
    assert.deepEqual([not.status, not.body.length, not.headers.etag], [304, 0, headers.etag]);
    assert.equal(not.headers["cache-control"], "public, max-age=31536000");
    assert.equal((await get("/p_1/a%20b.jpg", { "if-modified-since": headers["last-modified"] })).status, 304);
  });

  it("serves the index document of a folder, and redirects a path without the slash", async () => {
    assert.equal((await get("/")).body.toString(), "<h1>root</h1>");
    assert.equal((await get("/folder/")).body.toString(), "<h1>folder</h1>");
    const { status, headers } = await get("/folder");
    assert.deepEqual([status, headers.location], [302, "/folder/"]);
  });

  it("redirects a miss by the routing rule, with the key encoded once", async () => {
    const targets: Record<string, string> = {
      "/p_1/360x270/a.jpg": "p_1/360x270/a.jpg",
      "/p_1/360x270/a%20b.jpg": "p_1/360x270/a%20b.jpg",
      "/p_1/a+b&c=d.jpg": "p_1/a+b&c=d.jpg",
      "/p_1/a%2Bb%26c%3Dd.jpg": "p_1/a+b&c=d.jpg",
      "/p_1/100%25.jpg": "p_1/100%25.jpg",
      "/p_1/a%2520b.jpg": "p_1/a%2520b.jpg",
      "/p_1/a%23b%3Fc.jpg": "p_1/a%23b%3Fc.jpg",
      "/p_1/%22it's%22.jpg": "p_1/%22it's%22.jpg",
      "/p_1/%C3%A9t%C3%A9.jpg": "p_1/%C3%A9t%C3%A9.jpg",
      "/p_1/360x270/": "p_1/360x270/",
      "/p_1/a.jpg?width=2": "p_1/a.jpg",
    };
    for (const [target, key] of Object.entries(targets)) {
      const { status, headers, body } = await get(target);
      assert.deepEqual(
        [status, headers.location, headers["content-length"], body.length],
        [307, RESIZER + key, "0", 0],
        target,
      );
      assert.equal(headers["cache-control"], undefined);
    }
  });

  it("rejects other methods and unreadable paths with a page", async () => {
    for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
      const { status, headers, body } = await raw(test.website, method, "/p_1/a%20b.jpg");
      assert.deepEqual([status, headers["x-amz-error-code"]], [405, "MethodNotAllowed"], method);
      assert.match(body.toString(), /<h1>405 Method Not Allowed<\/h1>/);
    }
    const { status, headers } = await get("/%ff.jpg");
    assert.deepEqual([status, headers["x-amz-error-code"]], [400, "InvalidURI"]);
  });

  it("answers 404 with S3's page if no rule applies", async () => {
    const { website } = await startStorage(freeEach, declaredResources(rules()));
    const { status, headers, body } = await raw(website, "GET", "/p_1/640w/%3Cb%3E.jpg");
    assert.deepEqual(
      [status, headers["content-type"], headers["x-amz-error-code"], headers["x-amz-error-message"]],
      [404, "text/html; charset=utf-8", "NoSuchKey", "The specified key does not exist."],
    );
    assert.match(
      body.toString(),
      /^<html>\n<head><title>404 Not Found<\/title><\/head>\n<body>\n<h1>404 Not Found<\/h1>/,
    );
    assert.deepEqual(body.toString().match(/(?<=<li>).*(?=<\/li>)/g), [
      "Code: NoSuchKey",
      "Message: The specified key does not exist.",
      "Key: p_1/640w/&#60;b&#62;.jpg",
      `RequestId: ${String(headers["x-amz-request-id"])}`,
      `HostId: ${String(headers["x-amz-id-2"])}`,
    ]);
  });

  it("answers 403 without a redirect when the policy or the public access block denies reads", async () => {
    const closed: Partial<Declared>[] = [
      { bucketStatements: undefined },
      { publicAccessBlock: { blockPublicPolicy: true } },
      {
        bucketStatements: [
          ...(DECLARED.bucketStatements ?? []),
          {
            Effect: "Deny",
            Principal: "*",
            Action: "s3:GetObject",
            Resource: "*",
            Condition: { Bool: { "aws:SecureTransport": "false" } },
          },
        ],
      },
    ];
    for (const changes of closed) {
      const { website, admin } = await startStorage(freeEach, declaredResources(changes));
      await admin.send(new PutObjectCommand({ Bucket, Key: "p_1/a.jpg", Body: "image" }));
      for (const target of ["/p_1/a.jpg", "/p_1/640w/missing.jpg"]) {
        const { status, headers } = await raw(website, "GET", target);
        const what = `${JSON.stringify(changes)} ${target}`;
        assert.deepEqual([status, headers["x-amz-error-code"]], [403, "AccessDenied"], what);
      }
    }
  });

  it("applies the first rule of the error", async () => {
    const rule = (httpErrorCodeReturnedEquals: string, replaceKeyPrefixWith: string) => ({
      condition: { httpErrorCodeReturnedEquals },
      redirect: { protocol: "http", hostName: "example.com", httpRedirectCode: "302", replaceKeyPrefixWith },
    });
    const ordered = rules(rule("403", "denied/"), rule("404", "missing?key="), rule("404", "never/"));
    for (const [changes, location] of [
      [ordered, "http://example.com/missing?key=b/x.jpg"],
      [{ ...ordered, bucketStatements: undefined }, "http://example.com/denied/b/x.jpg"],
    ] as const) {
      const { website } = await startStorage(freeEach, declaredResources(changes));
      const { status, headers } = await raw(website, "GET", "/b/x.jpg");
      assert.deepEqual([status, headers.location], [302, location]);
    }
  });

  it("rejects a configuration that S3 would reject or that is not served", async () => {
    const redirect = { protocol: "https", hostName: "h", httpRedirectCode: "307", replaceKeyPrefixWith: "p" };
    const condition = { httpErrorCodeReturnedEquals: "404" };
    for (const [website, message] of [
      [{ routingRules: [] }, /indexDocument/],
      [{ indexDocument: { suffix: "a/b" } }, /S3 accepts a suffix without a slash/],
      [rules({ redirect }).website, /routingRules\.0\.condition: /],
      [rules({ condition, redirect: { ...redirect, replaceKeyWith: "b" } }).website, /"replaceKeyWith"/],
      [rules({ condition, redirect: { ...redirect, httpRedirectCode: "200" } }).website, /S3 accepts a 3xx code/],
      [{ ...rules().website, errorDocument: { key: "e" } }, /errorDocument: the local stack does not serve it/],
    ] as const) {
      const starting = startStorage(freeEach, declaredResources({ website }));
      await assert.rejects(starting, (error) => error instanceof UserError && message.test(error.message));
    }
  });

  it("rejects a port that is taken", async () => {
    const { port } = test.website;
    const taken = new UserError(`port ${port} is already in use: choose another --port`);
    await assert.rejects(
      test.storage.startWebsite(BUCKET, port, (location) => location),
      taken,
    );
    await assert.rejects(test.storage.startS3(port), taken);
  });

  it("reports the request, the decision and the redirect", async () => {
    test.hops.length = 0;
    await get("/p_1/640w/a.jpg", { "x-local-request-id": "viewer-1" });
    await get("/p_1/a%20b.jpg", { "x-local-request-id": "viewer-2" });
    assert.deepEqual(
      test.hops.map(({ requestId, part, what, status, bytes, detail }) => [
        requestId,
        part,
        what,
        status,
        bytes,
        detail,
      ]),
      [
        ["viewer-1", "iam", "s3:GetObject allowed", 200, undefined, "allowed by ReadObjects"],
        ["viewer-1", "website", "GET /p_1/640w/a.jpg", 307, 0, `${RESIZER}p_1/640w/a.jpg`],
        ["viewer-2", "iam", "s3:GetObject allowed", 200, undefined, "allowed by ReadObjects"],
        ["viewer-2", "website", "GET /p_1/a%20b.jpg", 200, 10, undefined],
      ],
    );
  });

  it("keeps several buckets apart", async () => {
    const other = resource("aws:s3/bucket:Bucket", "trail", { bucket: "trail" });
    const both = await startStorage(freeEach, [...declaredResources(), other]);
    await both.admin.send(new PutObjectCommand({ Bucket: "trail", Key: "log", Body: "x" }));
    assert.equal((await raw(both.website, "GET", "/log")).status, 307);
    assert.equal((await raw(both.s3, "GET", "/trail/log")).status, 403);
  });
});
