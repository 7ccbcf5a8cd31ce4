import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { UserError } from "../user-error";
import { deployedTarget, findTarget } from "../target";

const allowList = { sizes: ["640w"], formats: ["avif"], maxDimension: 4096 };
const outputs = {
  cdnUrl: "https://d1.cloudfront.net",
  apiUrl: "https://abc123.execute-api.eu-central-1.amazonaws.com/prod",
  bucketName: "image-resizer-prod-123456789012",
  websiteEndpoint: null,
  purgeOnChange: true,
  allowList,
};

function userError(message: string | RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof UserError);
    if (typeof message === "string") assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  };
}

describe("a deployed stack", () => {
  it("is the one of its outputs, in the region of its API", () => {
    assert.deepEqual(deployedTarget("prod", { ...outputs, dashboardUrl: null }), {
      ...outputs,
      name: "prod",
      s3: { region: "eu-central-1" },
      s3Url: "https://s3.eu-central-1.amazonaws.com",
    });
  });

  it("is rejected if it is not deployed, or of another program", () => {
    const needs = (field: string) => userError(`stack prod has no valid output ${field}: deploy it with pulumi up`);
    assert.throws(() => deployedTarget("prod", {}), needs("cdnUrl"));
    const odd = { ...outputs, allowList: { ...allowList, formats: ["gif"] } };
    assert.throws(() => deployedTarget("prod", odd), needs("allowList.formats.0"));
    assert.throws(
      () => deployedTarget("prod", { ...outputs, apiUrl: "https://example.com/prod" }),
      userError("output apiUrl of stack prod is https://example.com/prod, which has no region"),
    );
  });
});

describe("a stack on this machine", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "target-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });
  const endpoints = {
    cdn: "http://localhost:8080",
    api: "http://localhost:8081/dev",
    s3: "http://127.0.0.1:8083",
    bucket: "image-resizer-dev-123456789012",
    accessKeyId: "AKIA1",
    secretAccessKey: "secret",
    allowList,
    purgeOnChange: false,
  };

  function file(text: string): string {
    const name = path.join(folder, "local.json");
    writeFileSync(name, text);
    return name;
  }

  it("is the one that npm start -- --json prints, whatever npm prints before", async () => {
    const text = `\n> image-resizer@0.1.0 start\n> exec tsx tools/local/main.ts --json\n\n${JSON.stringify(endpoints)}\n`;
    assert.deepEqual(await findTarget(undefined, file(text)), {
      name: "local",
      cdnUrl: endpoints.cdn,
      apiUrl: endpoints.api,
      bucketName: endpoints.bucket,
      allowList,
      websiteEndpoint: null,
      purgeOnChange: false,
      s3Url: endpoints.s3,
      s3: {
        endpoint: endpoints.s3,
        region: "us-east-1",
        credentials: { accessKeyId: "AKIA1", secretAccessKey: "secret" },
      },
    });
  });

  it("is rejected if the file has no such output", async () => {
    for (const text of ["", "no JSON", "{", '{"a": 1}']) {
      const local = file(text);
      await assert.rejects(
        findTarget(undefined, local),
        userError(
          `--local is "${local}": allowed is a file with the output of npm start -- --json, but cdn is missing`,
        ),
      );
    }
    const missing = path.join(folder, "missing.json");
    await assert.rejects(
      findTarget(undefined, missing),
      userError(/^--local is ".*missing\.json", which cannot be read: ENOENT/),
    );
  });
});
