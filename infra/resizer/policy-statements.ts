import type * as aws from "@pulumi/aws";

/** The objects under each spec. `*` crosses `/`, so the first covers any depth; the second has no prefix. */
export function variantsIn(bucketArn: string, specs: readonly string[]): string[] {
  return specs.flatMap((spec) => [`${bucketArn}/*/${spec}/*`, `${bucketArn}/${spec}/*`]);
}

/** A function writes to its own log group. */
export function writeLogs(logGroupArn: string): aws.iam.PolicyStatement {
  return {
    Sid: "WriteLogs",
    Effect: "Allow",
    Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
    Resource: [`${logGroupArn}:*`],
  };
}

/** A function sends its traces to X-Ray, where the stack has any. */
export function sendTraces(tracing: boolean): aws.iam.PolicyStatement[] {
  if (!tracing) return [];
  return [
    {
      Sid: "SendTraces",
      Effect: "Allow",
      Action: ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
      // Traces are no resources: IAM knows nothing narrower for these (service authorization reference, X-Ray).
      Resource: ["*"],
    },
  ];
}
