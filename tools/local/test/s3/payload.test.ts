import assert from "node:assert/strict";
import { connect } from "node:net";
import { crc32 } from "node:zlib";
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { decodeAwsChunked } from "../../aws/aws-chunked";
import { AwsError } from "../../aws/aws-error";
import { freedAfterAll } from "../support/freed";
import { BUCKET, declaredResources, raw, errorOf, startStorage, type TestStorage } from "./storage-helper";

const DATA = Buffer.from("hello\r\n0\r\nworld, é");
const TRAILER = "x-amz-checksum-crc32";

function checksum(data: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(data));
  return bytes.toString("base64");
}

/** A body in `aws-chunked` framing, its data in chunks of `size` bytes. */
function framed(data: Buffer, size: number, trailers: readonly string[]): Buffer {
  const parts: (Buffer | string)[] = [];
  for (let at = 0; at < data.length; at += size) {
    const chunk = data.subarray(at, at + size);
    parts.push(`${chunk.length.toString(16)}\r\n`, chunk, "\r\n");
  }
  parts.push("0\r\n", ...trailers.map((line) => `${line}\r\n`), "\r\n");
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

describe("aws-chunked bodies", () => {
  const decode = async (body: Buffer, step: number) => {
    async function* received() {
      for (let at = 0; at < body.length; at += step) yield await Promise.resolve(body.subarray(at, at + step));
    }
    const trailers = new Map<string, string>();
    const found: Buffer[] = [];
    for await (const chunk of decodeAwsChunked(received(), trailers)) found.push(chunk);
    return { data: Buffer.concat(found), trailers: [...trailers] };
  };

  it("decodes the same however the bytes arrive", async () => {
    const body = framed(DATA, 7, [`X-Amz-Checksum-Crc32: ${checksum(DATA)}`, "a:b:c"]);
    for (let step = 1; step <= body.length; step += 1) {
      assert.deepEqual(await decode(body, step), {
        data: DATA,
        trailers: [
          [TRAILER, checksum(DATA)],
          ["a", "b:c"],
        ],
      });
    }
  });

  it("decodes an empty body", async () => {
    assert.deepEqual(await decode(Buffer.from("0\r\n\r\n"), 1), { data: Buffer.alloc(0), trailers: [] });
  });

  it("rejects every body that is cut short, and malformed framing", async () => {
    const body = framed(DATA, 7, ["a:b"]);
    for (let end = 0; end < body.length; end += 1) {
      await assert.rejects(decode(body.subarray(0, end), 5), new AwsError("IncompleteBody"));
    }
    for (const wrong of ["x\r\nabc", "3\r\nabcd\r\n0\r\n\r\n", "-1\r\n", "a".repeat(100_000)]) {
      await assert.rejects(decode(Buffer.from(wrong), 5), new AwsError("IncompleteBody"));
    }
  });

  describe("at the endpoint", () => {
    const free = freedAfterAll();
    let test: TestStorage;
    before(async () => {
      const Resource = `arn:aws:s3:::${BUCKET}/*`;
      const everything = { Effect: "Allow", Principal: "*", Action: "s3:*", Resource };
      test = await startStorage(free, declaredResources({ bucketStatements: [everything] }));
    });
    const put = async (body: Buffer, headers: Record<string, string> = {}) => {
      const own = { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "x-amz-trailer": TRAILER };
      const encoding = { "content-encoding": "aws-chunked,gzip", "x-amz-decoded-content-length": String(DATA.length) };
      const answer = await raw(test.s3, "PUT", `/${BUCKET}/k`, { ...own, ...encoding, ...headers }, body);
      return `${answer.status} ${/<Code>(\w+)/.exec(answer.body.toString())?.[1] ?? ""}`.trim();
    };
    const good = framed(DATA, 7, [`${TRAILER}:${checksum(DATA)}`]);

    it("rejects a body that differs from its trailer, length or hash, and stores none of it", async () => {
      assert.equal(await put(framed(DATA, 7, [`${TRAILER}:AAAAAA==`])), "400 BadDigest");
      assert.equal(await put(framed(DATA, 7, [])), "400 BadDigest");
      assert.equal(await put(good, { "x-amz-decoded-content-length": "3" }), "400 IncompleteBody");
      assert.equal(await put(good.subarray(0, -9)), "400 IncompleteBody");
      assert.equal(await put(Buffer.from("nonsense")), "400 IncompleteBody");
      // The response arrives although most of the body is still on its way.
      assert.equal(await put(Buffer.from(`nonsense\r\n${"x".repeat(20_000_000)}`)), "400 IncompleteBody");
      const signed = (hash: string) => put(good, { "x-amz-content-sha256": hash });
      assert.equal(await signed("0".repeat(64)), "400 XAmzContentSHA256Mismatch");
      assert.equal(await signed("STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), "501 NotImplemented");
      const read = test.admin.send(new GetObjectCommand({ Bucket: BUCKET, Key: "k" }));
      assert.equal(await errorOf(read), "404 NoSuchKey");
    });

    it("reads a rejected body to its end, so the connection can be used again", async () => {
      const size = 20_000_000;
      const headers = `host: localhost\r\nx-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER\r\ncontent-length: ${size}`;
      const socket = connect(test.s3.port, "127.0.0.1");
      socket.write(`PUT /${BUCKET}/k HTTP/1.1\r\n${headers}\r\n\r\nnonsense\r\n`);
      socket.write(Buffer.alloc(size - 10, "x"));
      socket.write(`GET /${BUCKET}/k HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
      let answers = "";
      for await (const chunk of socket as AsyncIterable<Buffer>) answers += chunk.toString();
      assert.deepEqual(answers.match(/HTTP\/1\.1 \d+|<Code>\w+/g), [
        "HTTP/1.1 400",
        "<Code>IncompleteBody",
        "HTTP/1.1 403",
        "<Code>AccessDenied",
      ]);
    });

    it("stores the data without the framing, and keeps the object's own encoding", async () => {
      assert.equal(await put(good), "200");
      const { Body, ContentEncoding } = await test.admin.send(new GetObjectCommand({ Bucket: BUCKET, Key: "k" }));
      assert.equal(await Body?.transformToString(), DATA.toString());
      assert.equal(ContentEncoding, "gzip");
    });
  });
});
