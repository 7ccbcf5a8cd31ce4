import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { UserError } from "@image-resizer/lib/user-error";
import { ROOT } from "@image-resizer/lib/root";
import { PULUMI_VERSION, pulumiOutputs } from "../pulumi-outputs";
import { deployedTarget, findTarget } from "../target";

const allowList = { sizes: ["640w"], formats: ["avif"], maxDimension: 4096 };
const outputs = {
  cdnUrl: "https://d1.cloudfront.net",
  apiUrl: "https://abc123.execute-api.eu-central-1.amazonaws.com/prod",
  bucketName: "image-resizer-prod-123456789012",
  websiteEndpoint: null,
  allowList,
};

function refusal(message: string | RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof UserError);
    if (typeof message === "string") assert.equal(error.message, message);
    else assert.match(error.message, message);
    return true;
  };
}

describe("a deployed stack", () => {
  it("is where its outputs say, in its API's region", () => {
    assert.deepEqual(deployedTarget("prod", outputs), {
      name: "prod",
      cdnUrl: outputs.cdnUrl,
      apiUrl: outputs.apiUrl,
      bucket: outputs.bucketName,
      allowList,
      s3: { region: "eu-central-1" },
      session: "",
    });
  });

  it("is refused where it has not been deployed, or is another program's", () => {
    const needs = (field: string) => refusal(`the stack prod has no usable output ${field}: deploy it with pulumi up`);
    assert.throws(() => deployedTarget("prod", {}), needs("cdnUrl"));
    const odd = { ...outputs, allowList: { ...allowList, formats: ["gif"] } };
    assert.throws(() => deployedTarget("prod", odd), needs("allowList.formats.0"));
    assert.throws(
      () => deployedTarget("prod", { ...outputs, apiUrl: "https://example.com/prod" }),
      refusal("the stack prod has an apiUrl that names no region: https://example.com/prod"),
    );
  });
});

describe("the outputs of a stack", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "prewarm-cli-"));
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  /** An environment whose PATH holds these commands alone, each a script for a shell. */
  function commands(scripts: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
    const bin = mkdtempSync(path.join(folder, "bin-"));
    for (const [name, script] of Object.entries(scripts)) {
      writeFileSync(path.join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(path.join(bin, name), 0o755);
    }
    return { PATH: bin };
  }
  const echo = `echo "{\\"said\\": \\"$*\\"}"`;

  it("come from the pulumi on the PATH", async () => {
    assert.deepEqual(await pulumiOutputs("prod", commands({ pulumi: echo, npx: "exit 1" })), {
      said: "stack output --json --stack prod",
    });
  });

  it("come from npm's where there is none, of the README's version", async () => {
    assert.deepEqual(await pulumiOutputs("prod", commands({ npx: echo })), {
      said: `--yes pulumi@${PULUMI_VERSION} stack output --json --stack prod`,
    });
    const readme = readFileSync(path.join(ROOT, "README.md"), "utf8");
    assert.deepEqual([...new Set(readme.match(/pulumi@[0-9.]*[0-9]/g))], [`pulumi@${PULUMI_VERSION}`]);
  });

  it("are refused in the CLI's own words", async () => {
    const pulumi =
      'echo "warning: old" >&2; echo "error: no stack named \'prod\' found" >&2; echo "see help" >&2; exit 255';
    await assert.rejects(
      pulumiOutputs("prod", commands({ pulumi })),
      refusal("pulumi stack output --json --stack prod failed: error: no stack named 'prod' found"),
    );
    await assert.rejects(
      pulumiOutputs("prod", commands({})),
      refusal("neither pulumi nor npx is on the PATH: one of them reads the stack"),
    );
    await assert.rejects(
      pulumiOutputs("prod", commands({ pulumi: "echo hello" })),
      refusal("pulumi stack output --stack prod has printed no JSON"),
    );
  });
});

describe("a stack on this machine", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "prewarm-local-"));
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
  };

  function file(text: string): string {
    const name = path.join(folder, "local.json");
    writeFileSync(name, text);
    return name;
  }

  it("is where npm start -- --json has said, whatever npm has said before", async () => {
    const text = `\n> image-resizer@0.1.0 start\n> exec tsx tools/local/main.ts --json\n\n${JSON.stringify(endpoints)}\n`;
    assert.deepEqual(await findTarget({ local: file(text) }), {
      name: "local",
      cdnUrl: endpoints.cdn,
      apiUrl: endpoints.api,
      bucket: endpoints.bucket,
      allowList,
      s3: {
        endpoint: endpoints.s3,
        region: "us-east-1",
        credentials: { accessKeyId: "AKIA1", secretAccessKey: "secret" },
      },
      session: "AKIA1",
    });
  });

  it("is refused where the file is none of that", async () => {
    for (const text of ["", "no JSON", "{", '{"a": 1}']) {
      const local = file(text);
      await assert.rejects(
        findTarget({ local }),
        refusal(`${local} has no line of npm start -- --json in it, with cdn among the rest`),
      );
    }
    const missing = path.join(folder, "missing.json");
    await assert.rejects(findTarget({ local: missing }), refusal(/^the file .*missing\.json cannot be read: ENOENT/));
  });
});
