import assert from "node:assert/strict";
import { HeadObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { createHandler, type Handler } from "../../../functions/resizer/handler";
import { readSettings } from "../../../functions/resizer/settings";
import { S3Store } from "../../../functions/resizer/store";
import { ADMINISTRATOR, rolePrincipal } from "@image-resizer/local/iam/iam";
import { openStorage, type Storage } from "@image-resizer/local/s3/storage";
import { Trace } from "@image-resizer/local/trace";
import { register } from "../../support/program";
import { quietly } from "../../support/quietly";
import { quarters } from "./support/images";

const NFC = "caf\u00e9.jpg";
const NFD = "cafe\u0301.jpg";

describe("the names of originals, against a real S3 endpoint with the declared role", () => {
  let storage: Storage;
  let administrator: S3Client;
  let asRole: S3Client;
  let Bucket: string;
  let handler: Handler;

  before(async () => {
    const stack = await register({ stack: "prod" });
    storage = await openStorage({ run: stack.run, trace: new Trace() });
    const { url } = await storage.startS3(0);
    const client = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
      new S3Client({ endpoint: url, region: "us-east-1", forcePathStyle: true, credentials });
    administrator = client(storage.credentials.issue(ADMINISTRATOR));
    asRole = client(storage.credentials.issue(rolePrincipal(String(stack.one("Role").outputs.arn))));
    const { variables } = stack.one("Function").inputs.environment as { variables: Record<string, string> };
    const settings = readSettings(variables);
    Bucket = settings.bucket;
    handler = createHandler(settings, new S3Store(asRole, settings));
  });

  after(async () => {
    administrator.destroy();
    asRole.destroy();
    await storage.close();
  });

  const put = (Key: string, Body: Buffer) => administrator.send(new PutObjectCommand({ Bucket, Key, Body }));

  async function ask(key: string) {
    const context = { awsRequestId: "r", getRemainingTimeInMillis: () => 600_000 };
    const rawQueryString = `key=${encodeURIComponent(key)}`;
    return (await quietly(() => handler({ rawQueryString }, context))).result;
  }

  for (const name of ["Elephants.JPG", "a.JPEG", "a.jfif", "no-extension", "a.jpg.webp", "a.", ".jpg", "scan.TIF"]) {
    it(`may be ${name}`, async () => {
      await put(`names/${name}`, await quarters(64, 48).jpeg().toBuffer());
      for (const [spec, type] of [
        ["640w", "image/jpeg"],
        ["640w.webp", "image/webp"],
      ] as const) {
        const Key = `names/${spec}/${name}`;
        assert.equal((await ask(Key)).statusCode, 301);
        assert.equal((await administrator.send(new HeadObjectCommand({ Bucket, Key }))).ContentType, type);
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
      await put(`${folder}/${existing}`, await quarters(64, 48).jpeg().toBuffer());
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
      const count = () => [storage.count("GetObject"), storage.count("HeadObject"), storage.count("PutObject")];
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
