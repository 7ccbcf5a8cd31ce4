import { createHash } from "node:crypto";
import { websiteHost } from "../../infra/names";

/** Account and region of the run. */
interface AwsContext {
  readonly accountId: string;
  readonly region: string;
}

type Inputs = Readonly<Record<string, unknown>>;
type Outputs = Readonly<Record<string, unknown>>;

/** Made-up ids, in the form of AWS's own. */
const DISTRIBUTION_ID = "E2QWRUHEXAMPLE";
const API_ID = "k28ihy1li5";

/** Computed properties by resource type, for every type that the program registers. */
const OUTPUTS: Readonly<Record<string, (name: string, inputs: Inputs, context: AwsContext) => Outputs>> = {
  "aws:s3/bucket:Bucket": (_name, inputs, { region }) => {
    const bucket = String(inputs.bucket);
    return {
      id: bucket,
      bucket,
      arn: `arn:aws:s3:::${bucket}`,
      region,
      bucketDomainName: `${bucket}.s3.amazonaws.com`,
      bucketRegionalDomainName: `${bucket}.s3.${region}.amazonaws.com`,
    };
  },
  "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration": (_name, inputs, { region }) => ({
    id: inputs.bucket,
    websiteEndpoint: websiteHost(String(inputs.bucket), region),
  }),
  "aws:s3/bucketPolicy:BucketPolicy": ofBucket,
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket,
  "aws:s3/bucketOwnershipControls:BucketOwnershipControls": ofBucket,
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ofBucket,
  "aws:s3/bucketVersioning:BucketVersioning": ofBucket,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ofBucket,
  "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration": ofBucket,
  "aws:cloudfront/cachePolicy:CachePolicy": (name) => ({ id: `cache-policy-${name}`, etag: "E1" }),
  "aws:cloudfront/function:Function": (name, _inputs, { accountId }) => ({
    id: `${name}-1a2b3c4`,
    arn: `arn:aws:cloudfront::${accountId}:function/${name}-1a2b3c4`,
  }),
  "aws:cloudfront/originAccessControl:OriginAccessControl": (name) => ({ id: `access-${name}`, etag: "E1" }),
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": (name) => ({ id: `headers-${name}`, etag: "E1" }),
  "aws:cloudfront/distribution:Distribution": (_name, _inputs, { accountId }) => ({
    id: DISTRIBUTION_ID,
    arn: `arn:aws:cloudfront::${accountId}:distribution/${DISTRIBUTION_ID}`,
    domainName: "d1p41knyaaw8le.cloudfront.net",
    hostedZoneId: "Z2FDTNDATAQYW2",
  }),
  "aws:acm/certificate:Certificate": (_name, inputs, { accountId }) => {
    const domain = String(inputs.domainName);
    const arn = `arn:aws:acm:us-east-1:${accountId}:certificate/7e7a28d2-163f-4b8f-b9cd-822f96c08d6a`;
    const proof = {
      domainName: domain,
      resourceRecordName: `_a79865eb4cd1a6ab990a45779b4e0b96.${domain}.`,
      resourceRecordType: "CNAME",
      resourceRecordValue: "_424c7224e9b0146f9a8808af955727d0.acm-validations.aws.",
    };
    return { id: arn, arn, domainValidationOptions: [proof] };
  },
  "aws:acm/certificateValidation:CertificateValidation": () => ({ id: "2026-01-01 00:00:00 +0000 UTC" }),
  "aws:route53/record:Record": (_name, inputs) => ({
    id: `${String(inputs.zoneId)}_${String(inputs.name)}_${String(inputs.type)}`,
    fqdn: String(inputs.name).replace(/\.$/, ""),
  }),
  "aws:cloudwatch/logGroup:LogGroup": (_name, inputs, { accountId, region }) => ({
    id: inputs.name,
    arn: `arn:aws:logs:${region}:${accountId}:log-group:${String(inputs.name)}`,
  }),
  "aws:iam/role:Role": (_name, inputs, { accountId }) => ({
    id: inputs.name,
    arn: `arn:aws:iam::${accountId}:role/${String(inputs.name)}`,
  }),
  "aws:iam/rolePolicy:RolePolicy": (name, inputs) => ({ id: `${String(inputs.role)}:${name}` }),
  "aws:lambda/function:Function": (_name, inputs, { accountId, region }) => {
    const arn = `arn:aws:lambda:${region}:${accountId}:function:${String(inputs.name)}`;
    return {
      id: inputs.name,
      arn,
      invokeArn: `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
    };
  },
  "aws:lambda/eventSourceMapping:EventSourceMapping": (name) => ({ id: `${name}-1a2b3c4` }),
  "aws:sqs/queue:Queue": (_name, inputs, { accountId, region }) => {
    const url = `https://sqs.${region}.amazonaws.com/${accountId}/${String(inputs.name)}`;
    return { id: url, url, arn: `arn:aws:sqs:${region}:${accountId}:${String(inputs.name)}` };
  },
  "aws:sqs/queuePolicy:QueuePolicy": (_name, inputs) => ({ id: inputs.queueUrl }),
  "aws:cloudwatch/eventRule:EventRule": (_name, inputs, { accountId, region }) => ({
    id: inputs.name,
    arn: `arn:aws:events:${region}:${accountId}:rule/${String(inputs.name)}`,
  }),
  "aws:cloudwatch/eventTarget:EventTarget": (name, inputs) => ({ id: `${String(inputs.rule)}-${name}` }),
  "aws:s3/bucketNotification:BucketNotification": ofBucket,
  "aws:lambda/permission:Permission": (name) => ({ id: name }),
  "aws:ssm/parameter:Parameter": (_name, inputs, { accountId, region }) => {
    const name = String(inputs.name);
    // The program ignores changes of the value: every run sees the one that was stored first.
    const value = createHash("sha256").update(name).digest("hex");
    return { id: name, arn: `arn:aws:ssm:${region}:${accountId}:parameter${name}`, value };
  },
  "aws:apigatewayv2/api:Api": (_name, _inputs, { accountId, region }) => ({
    id: API_ID,
    apiEndpoint: `https://${API_ID}.execute-api.${region}.amazonaws.com`,
    executionArn: `arn:aws:execute-api:${region}:${accountId}:${API_ID}`,
  }),
  "aws:apigatewayv2/integration:Integration": (name) => ({ id: `${name}-1a2b3c4` }),
  "aws:apigatewayv2/route:Route": (name) => ({ id: `${name}-1a2b3c4` }),
  "aws:sns/topic:Topic": (_name, inputs, { accountId, region }) => {
    const arn = `arn:aws:sns:${region}:${accountId}:${String(inputs.name)}`;
    return { id: arn, arn };
  },
  "aws:sns/topicPolicy:TopicPolicy": (_name, inputs) => ({ id: inputs.arn }),
  "aws:sns/topicSubscription:TopicSubscription": (_name, inputs) => {
    const arn = `${String(inputs.topic)}:0b1c2d3e`;
    return { id: arn, arn };
  },
  "aws:cloudwatch/metricAlarm:MetricAlarm": (_name, inputs, { accountId, region }) => ({
    id: inputs.name,
    arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${String(inputs.name)}`,
  }),
  "aws:cloudwatch/dashboard:Dashboard": (_name, inputs, { accountId }) => ({
    id: inputs.dashboardName,
    dashboardArn: `arn:aws:cloudwatch::${accountId}:dashboard/${String(inputs.dashboardName)}`,
  }),
  "aws:budgets/budget:Budget": (_name, inputs, { accountId }) => ({
    id: `${accountId}:${String(inputs.name)}`,
    arn: `arn:aws:budgets::${accountId}:budget/${String(inputs.name)}`,
  }),
  "aws:costexplorer/costAllocationTag:CostAllocationTag": (_name, inputs) => ({ id: inputs.tagKey }),
  "aws:apigatewayv2/stage:Stage": (_name, inputs, { region }) => ({
    id: inputs.name,
    invokeUrl: `https://${API_ID}.execute-api.${region}.amazonaws.com/${String(inputs.name)}`,
  }),
};

/** Properties of an imported resource, beside those that AWS computes for a new one. */
const IMPORTED: Readonly<Record<string, Outputs>> = {
  // Every bucket is encrypted, asked for or not (S3 user guide, "Setting default server-side encryption behavior").
  "aws:s3/bucket:Bucket": {
    serverSideEncryptionConfiguration: { rule: { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } } },
  },
};

const CALLS: Readonly<Record<string, (context: AwsContext) => Outputs>> = {
  "aws:index/getCallerIdentity:getCallerIdentity": ({ accountId }) => ({ id: accountId, accountId }),
  "aws:index/getRegion:getRegion": ({ region }) => ({ id: region, region }),
  "aws:s3/getAccountPublicAccessBlock:getAccountPublicAccessBlock": ({ accountId }) => ({
    id: accountId,
    accountId,
    blockPublicAcls: false,
    ignorePublicAcls: false,
    blockPublicPolicy: false,
    restrictPublicBuckets: false,
  }),
  "aws:index/getPartition:getPartition": () => ({ id: "aws", partition: "aws", dnsSuffix: "amazonaws.com" }),
};

/**
 * The computed properties of a resource. It throws on a type that it does not know: under mocks a property that is
 * missing would be `undefined` in every name made of it, without an error.
 */
export function awsOutputs(type: string, name: string, inputs: Inputs, context: AwsContext): Outputs {
  const outputs = OUTPUTS[type];
  if (!outputs) throw new Error(`tools/lib/aws-outputs.ts knows no outputs of ${type} (${name})`);
  return outputs(name, inputs, context);
}

/** Returns the properties of an imported resource. @throws Error on an unknown type */
export function importedOutputs(type: string, name: string): Outputs {
  const outputs = IMPORTED[type];
  if (!outputs) throw new Error(`tools/lib/aws-outputs.ts knows nothing of an imported ${type} (${name})`);
  return outputs;
}

/** The result of a provider function. @throws Error on one that is not known */
export function awsCall(token: string, context: AwsContext): Outputs {
  const call = CALLS[token];
  if (!call) throw new Error(`tools/lib/aws-outputs.ts knows no result of ${token}`);
  return call(context);
}

/**
 * Returns the inputs of a resource with the name that Pulumi makes up for a bucket without one: the engine's check of the
 * inputs adds it, so that a preview and policies know it.
 */
export function withAutoName(type: string, name: string, inputs: Inputs): Inputs {
  if (type !== "aws:s3/bucket:Bucket" || inputs.bucket !== undefined) return inputs;
  return { ...inputs, bucket: `${name}-1a2b3c4` };
}

function ofBucket(_name: string, inputs: Inputs): Outputs {
  return { id: inputs.bucket };
}
