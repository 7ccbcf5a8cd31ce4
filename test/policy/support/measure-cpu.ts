// `npx tsx test/policy/support/measure-cpu.ts`: CPU time that the pack takes for a stack of 2,000 resources, on Linux.
import { readFileSync } from "node:fs";
import { Analyzer, type WireResource } from "./analyzer-client";

const ACCOUNT = "123456789012";
const CLOCK_TICKS_PER_SECOND = 100;

/** The resources of one service of a stack: ten, linked with each other. */
function service(index: number): WireResource[] {
  const id = `service-${index}`;
  const arn = `arn:aws:iam::${ACCOUNT}:role/${id}`;
  const bucket = `arn:aws:s3:::${id}`;
  const tags = { Project: "p", Stack: "s" };
  const wire = (type: string, properties: WireResource["properties"]): WireResource => {
    return { urn: `urn:pulumi:s::p::${type}::${id}`, type, name: id, properties };
  };
  const document = (...statements: readonly object[]) =>
    JSON.stringify({ Version: "2012-10-17", Statement: statements.map((one) => ({ Effect: "Allow", ...one })) });
  const lambda = { Service: "lambda.amazonaws.com" };
  const settings = JSON.stringify({ maxInputBytes: 1, allowList: { sizes: ["360x270", "640w"] } });
  return [
    wire("aws:iam/role:Role", {
      arn,
      name: id,
      id,
      tags,
      assumeRolePolicy: document({ Action: "sts:AssumeRole", Principal: lambda }),
    }),
    wire("aws:iam/rolePolicy:RolePolicy", {
      role: id,
      policy: document(
        { Action: "s3:GetObject", Resource: `${bucket}/*` },
        { Action: "s3:PutObject", Resource: [`${bucket}/*/640w/*`, `${bucket}/640w/*`] },
        { Action: "xray:Put*", Resource: "*" },
      ),
    }),
    wire("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {
      role: id,
      policyArn: "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess",
    }),
    wire("aws:lambda/function:Function", {
      role: arn,
      runtime: "nodejs24.x",
      memorySize: 1024,
      timeout: 15,
      tags,
      environment: { variables: { SETTINGS: settings } },
    }),
    wire("aws:cloudwatch/logGroup:LogGroup", { name: id, retentionInDays: 30, tags }),
    wire("aws:s3/bucket:Bucket", { bucket: id, id, arn: bucket, tags }),
    wire("aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", {
      bucket: id,
      rules: [{ applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }],
    }),
    wire("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {
      bucket: id,
      blockPublicAcls: true,
      ignorePublicAcls: true,
      blockPublicPolicy: true,
      restrictPublicBuckets: true,
    }),
    wire("aws:s3/bucketPolicy:BucketPolicy", {
      bucket: id,
      policy: document({
        ...{ Action: "s3:GetObject", Resource: `${bucket}/*`, Principal: { Service: "cloudfront.amazonaws.com" } },
        Condition: { StringEquals: { "aws:SourceAccount": ACCOUNT } },
      }),
    }),
    wire("aws:cloudfront/distribution:Distribution", {
      origins: [{ originId: "o", domainName: `${id}.s3.eu-west-1.amazonaws.com`, originAccessControlId: "E1" }],
      defaultCacheBehavior: { targetOriginId: "o", viewerProtocolPolicy: "redirect-to-https" },
      ...{ domainName: `${id}.cloudfront.net`, tags },
    }),
  ];
}

/** Returns the CPU time of a process so far: the fields utime and stime of /proc. */
function cpuSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8")
    .replace(/^.*\) /s, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
}

async function main(): Promise<void> {
  const analyzer = await Analyzer.boot({ typeCheck: false });
  try {
    await analyzer.configure();
    const resources = Array.from({ length: 200 }, (_, index) => service(index)).flat();
    const booted = cpuSeconds(analyzer.pid);
    let violations = 0;
    for (const resource of resources) violations += (await analyzer.analyze(resource)).length;
    const checked = cpuSeconds(analyzer.pid);
    violations += (await analyzer.analyzeStack(resources)).length;
    const done = cpuSeconds(analyzer.pid);
    console.log(`${resources.length} resources, ${violations} violations`);
    console.log(`boot ${booted.toFixed(1)} s, resources ${(checked - booted).toFixed(1)} s`);
    console.log(`stack ${(done - checked).toFixed(1)} s of CPU`);
  } finally {
    analyzer.close();
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
