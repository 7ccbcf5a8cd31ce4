import assert from "node:assert/strict";
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import {
  ask as askHandler,
  openBench,
  type ResizerBench,
} from "@image-resizer/local/test/reliability/support/resizer-bench";
import { quietly } from "../../support/quietly";
import { quarters } from "./support/images";

const NFC = "caf\u00e9.jpg";
const NFD = "cafe\u0301.jpg";

describe("the names of originals, against a real S3 endpoint with the declared role", () => {
  let bench: ResizerBench;
  before(async () => {
    bench = await openBench({ stack: "prod" });
  });
  after(() => bench.close());

  async function ask(key: string) {
    return (await quietly(() => askHandler(bench.handler, `key=${encodeURIComponent(key)}`))).result;
  }

  for (const name of ["Elephants.JPG", "a.JPEG", "a.jfif", "no-extension", "a.jpg.webp", "a.", ".jpg", "scan.TIF"]) {
    it(`may be ${name}`, async () => {
      await bench.put(`names/${name}`, await quarters(64, 48).jpeg().toBuffer());
      for (const [spec, type] of [
        ["640w", "image/jpeg"],
        ["640w.webp", "image/webp"],
      ] as const) {
        const Key = `names/${spec}/${name}`;
        assert.equal((await ask(Key)).statusCode, 301);
        assert.equal(
          (await bench.administrator.send(new HeadObjectCommand({ Bucket: bench.settings.bucket, Key }))).ContentType,
          type,
        );
      }
    });
  }

  for (const [existing, asked, form] of [
    [NFC, NFD, "NFC"],
    [NFD, NFC, "NFD"],
    [`${NFC} and ${NFC}`, `${NFC} and ${NFD}`, "NFC"],
  ] as const) {
    it(`are bytes: an error names the other form, ${form}, of ${JSON.stringify(existing)}`, async () => {
      const folder = Buffer.from(asked).toString("hex");
      await bench.put(`${folder}/${existing}`, await quarters(64, 48).jpeg().toBuffer());
      const answer = await ask(`${folder}/640w/${asked}`);
      assert.equal(answer.statusCode, 404);
      const { error, message } = JSON.parse(answer.body ?? "") as Record<string, string>;
      assert.deepEqual(
        [error, message],
        [
          "original-not-found",
          `There is no such original, but there is one whose name is the same in Unicode's other form, ${form}.`,
        ],
      );
      assert.equal((await ask(`${folder}/640w/${existing}`)).statusCode, 301);
    });
  }

  for (const [name, heads] of [
    ["missing.jpg", 0],
    [NFC, 1],
    [NFD, 1],
  ] as const) {
    it(`cost ${heads} more calls where ${JSON.stringify(name)} is missing in every form`, async () => {
      const count = () => (["GetObject", "HeadObject", "PutObject"] as const).map((call) => bench.storage.count(call));
      const before = count();
      const { statusCode, body } = await ask(`nothing/640w/${name}`);
      assert.equal(statusCode, 404);
      assert.equal((JSON.parse(body ?? "") as Record<string, string>).message, "There is no such original.");
      const calls = count().map((after, index) => after - (before[index] ?? 0));
      // The look for the variant comes first.
      assert.deepEqual(calls, [1, 1 + heads, 0]);
    });
  }
});
