import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, it } from "mocha";
import { rules } from "../../policy/rules";
import { Analyzer, type Diagnostic, PACK, type RuleConfig, type WireResource } from "./support/analyzer-client";

function wire(type: string, properties: Readonly<Record<string, unknown>>): WireResource {
  return { urn: `urn:pulumi:dev::image-resizer::${type}::it`, type, name: "it", properties };
}

const ATTACHED = wire("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
  role: "resizer",
  policyArn: "arn:aws:iam::aws:policy/AmazonS3FullAccess",
});
const SMALL = wire("aws:lambda/function:Function", {
  environment: { variables: { SETTINGS: JSON.stringify({ maxInputBytes: 1, allowList: { sizes: ["640w"] } }) } },
  runtime: "nodejs24.x",
  memorySize: 512,
  timeout: 15,
  tags: { Project: "p", Stack: "s" },
});
const KEEPS_LOGS = wire("aws:cloudwatch/logGroup:LogGroup", { name: "x", tags: { Project: "p", Stack: "s" } });
const BARE_BUCKET = wire("aws:s3/bucket:Bucket", { bucket: "photos" });

describe("the pack in Pulumi's own runner", () => {
  let analyzer: Analyzer;
  before(async () => {
    analyzer = await Analyzer.boot();
  });
  after(() => {
    (analyzer as Analyzer | undefined)?.close();
  });

  it("has its name and version, and describes its rules", async () => {
    const { version } = JSON.parse(readFileSync(path.join(PACK, "package.json"), "utf8")) as { version: string };
    assert.equal(await analyzer.name(), `image-resizer-policy@${version}`);
    const described = await analyzer.rules();
    assert.deepEqual(
      described.map(({ name, description, level, kind }) => ({ name, description, level, kind })),
      rules.map((rule) => ({
        name: rule.name,
        description: rule.description,
        level: rule.enforcementLevel,
        kind: "validateStack" in rule ? "stack" : "resource",
      })),
    );
    assert.deepEqual(
      described.map(({ properties }) => properties),
      rules.map((rule) => rule.configSchema?.properties ?? {}),
    );
  });

  it("rejects a resource with the rule's own level and the resource's name", async () => {
    await analyzer.configure();
    assert.deepEqual(await analyzer.analyze(ATTACHED), [
      {
        policy: "no-s3-full-access",
        level: "mandatory",
        message:
          "No identity may change every bucket.\n" +
          'aws.iam.RolePolicyAttachment "it": policyArn is AmazonS3FullAccess, which changes every bucket of the ' +
          "account and the access to it. Write a policy that names the actions and the bucket instead.",
        urn: "",
      },
    ] satisfies Diagnostic[]);
  });

  it("rejects a stack, and names the resource", async () => {
    await analyzer.configure();
    const diagnostics = await analyzer.analyzeStack([BARE_BUCKET]);
    assert.deepEqual(
      diagnostics.map(({ policy, level, urn }) => ({ policy, level, urn })),
      [{ policy: "bucket-encrypted", level: "advisory", urn: BARE_BUCKET.urn }],
    );
  });

  it("reads secrets and assets in the engine's form", async () => {
    await analyzer.configure();
    const signature = "4dabf18193072939515e22adb298388d";
    const secret = { [signature]: "1b47061264138c4ac30d75fd1eb44270", value: ["AKIA", "IOSFODNN7EXAMPLE"].join("") };
    const archive = { [signature]: "0def7320c3a5731c473e5ecbe6d01bc7", path: "dist/x64/node_modules" };
    const diagnostics = await analyzer.analyze({
      ...SMALL,
      properties: {
        ...SMALL.properties,
        memorySize: 1024,
        architectures: ["arm64"],
        code: { [signature]: "0def7320c3a5731c473e5ecbe6d01bc7", assets: { node_modules: archive } },
        environment: { variables: { SETTING: secret } },
      },
    });
    assert.deepEqual(
      diagnostics.map(({ policy }) => policy),
      ["no-static-credentials", "image-function-sized"],
    );
    assert.match(diagnostics[0]?.message ?? "", /SETTING holds an AWS access key id/);
    assert.match(diagnostics[1]?.message ?? "", /runs on arm64, but its package is for x86_64/);
  });

  const levels = async (config: Readonly<Record<string, RuleConfig>>, resource: WireResource) => {
    await analyzer.configure(config);
    return (await analyzer.analyze(resource)).map(({ policy, level }) => `${policy} ${level}`);
  };

  it("reads levels from the config file: of a rule, and of all", async () => {
    assert.deepEqual(await levels({}, KEEPS_LOGS), ["logs-expire advisory"]);
    assert.deepEqual(await levels({ "logs-expire": "mandatory" }, KEEPS_LOGS), ["logs-expire mandatory"]);
    assert.deepEqual(await levels({ "logs-expire": "disabled" }, KEEPS_LOGS), []);
    assert.deepEqual(await levels({ all: "advisory" }, ATTACHED), ["no-s3-full-access advisory"]);
    assert.deepEqual(await levels({ all: "advisory", "no-s3-full-access": "mandatory" }, ATTACHED), [
      "no-s3-full-access mandatory",
    ]);
    assert.deepEqual(await levels({ "no-s3-full-access": { enforcementLevel: "disabled" } }, ATTACHED), []);
  });

  it("reads config keys from the config file", async () => {
    assert.deepEqual(await levels({}, SMALL), ["image-function-sized mandatory"]);
    assert.deepEqual(await levels({ "image-function-sized": { minMemoryMb: 512 } }, SMALL), []);
    assert.deepEqual(await levels({ "required-tags": { tags: ["Team"] }, "image-function-sized": "disabled" }, SMALL), [
      "required-tags advisory",
    ]);
  });

  it("accepts the example for dev", async () => {
    const example = JSON.parse(readFileSync(path.join(PACK, "config/dev.json"), "utf8")) as Record<string, RuleConfig>;
    assert.deepEqual(await levels(example, KEEPS_LOGS), ["required-tags advisory"]);
    assert.deepEqual(await levels(example, SMALL), ["required-tags advisory"]);
    assert.deepEqual(await levels(example, ATTACHED), ["no-s3-full-access mandatory"]);
  });
});
