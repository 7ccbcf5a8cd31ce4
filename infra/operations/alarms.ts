import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { RESERVE_MS } from "../../functions/resizer/deadline";
import type { Names, StackFacts } from "../names";

/** Seconds of one point of every alarm. */
const PERIOD = 300;
/** Share of its usable time from which the resizer is slow. */
const SLOW = 0.8;
/** Failures of the API from which a rate means anything, and the rate that is too high, in per cent. */
const FEW_FAILURES = 5;
const FAILURE_PERCENT = 5;
/** Standard deviations that the rate of misses may be off the usual one. */
const UNUSUAL = 4;
/** A problem of one point may pass by itself; one of two points in three does not. */
const TWO_OF_THREE = { evaluationPeriods: 3, datapointsToAlarm: 2 };

export interface AlarmsArgs extends Omit<StackFacts, "place"> {
  readonly topicArn: pulumi.Output<string>;
  readonly apiId: pulumi.Output<string>;
}

/** One alarm: its subject, its meaning, what to do, and the condition that sets it off. */
type AlarmRow = readonly [
  subject: string,
  meaning: string,
  whatToDo: string,
  condition: Omit<aws.cloudwatch.MetricAlarmArgs, "comparisonOperator"> & { readonly comparisonOperator?: string },
];

/** Returns the time of a request, in milliseconds, from which the resizer is slow. */
export function slowMilliseconds(timeout: number): number {
  // The resizer answers by itself before Lambda ends it: no duration comes nearer to the timeout.
  return Math.round(SLOW * (timeout * 1000 - RESERVE_MS));
}

/**
 * The stack's alarms: each says what it means and what to do, and tells the topic when it begins and when it is over.
 * A period without data is one without requests, and no problem.
 */
export class Alarms extends pulumi.ComponentResource {
  readonly arns: readonly pulumi.Output<string>[];

  constructor(name: string, args: AlarmsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:Alarms", name, {}, opts);
    const rows = [...requestAlarms(args), ...(args.config.bucket.purgeOnChange ? purgeAlarms(args.names) : [])];
    this.arns = rows.map(([subject, meaning, whatToDo, condition]) => {
      const alarm = new aws.cloudwatch.MetricAlarm(
        `${name}-${subject}`,
        {
          comparisonOperator: "GreaterThanThreshold",
          ...condition,
          name: `${args.names.alarmPrefix}${subject}`,
          alarmDescription: `${meaning} What to do: ${whatToDo} More: docs/operations.md, "${subject}".`,
          alarmActions: [args.topicArn],
          okActions: [args.topicArn],
          treatMissingData: "notBreaching",
        },
        { parent: this },
      );
      return alarm.arn;
    });
    this.registerOutputs({ arns: this.arns });
  }
}

function requestAlarms({ config, names, apiId }: AlarmsArgs): AlarmRow[] {
  const { timeout } = config.resizer;
  const ofResizer = (metricName: string) => metric("AWS/Lambda", metricName, { FunctionName: names.resizer });
  const ofApi = (metricName: string) => ({
    ...{ namespace: "AWS/ApiGateway", metricName, dimensions: { ApiId: apiId }, stat: "Sum", period: PERIOD },
  });
  return [
    [
      "resizer-errors",
      "The resizer ended without an answer: it was out of memory or out of time, or it does not start.",
      "look in its log for platform.report lines whose status is not success. If it began with a deploy, deploy the version " +
        "before it; if originals have become larger, raise resizer.memorySize or lower image.maxInputPixels.",
      { ...ofResizer("Errors"), statistic: "Sum", threshold: 0, ...TWO_OF_THREE },
    ],
    [
      "resizer-throttles",
      "Lambda turned requests away: more variants were asked for at once than resizer.reservedConcurrency, or the account's " +
        "limit, allows.",
      "if the dashboard's misses are what you expect, raise it or ask AWS for a higher limit; if not, lower resizer.rateLimit " +
        "until you know who asks.",
      { ...ofResizer("Throttles"), statistic: "Sum", threshold: 0, ...TWO_OF_THREE },
    ],
    [
      "resizer-slow",
      `One request in twenty takes the resizer more than ${slowMilliseconds(timeout)} ms; at ` +
        `${timeout * 1000 - RESERVE_MS} it gives up with a 503.`,
      "see on the dashboard which size is slow. " +
        "Raise resizer.memorySize, which brings more CPU, or resizer.timeout; for AVIF lower image.effort.avif.",
      {
        ...ofResizer("Duration"),
        extendedStatistic: "p95",
        threshold: slowMilliseconds(timeout),
        // Few requests are no reason to look away: a small stack never has the two hundred that p95 is sure of.
        evaluateLowSampleCountPercentiles: "evaluate",
        evaluationPeriods: 3,
        datapointsToAlarm: 3,
      },
    ],
    [
      "api-5xx",
      `More than ${FAILURE_PERCENT} % of the misses fail, and users see broken images.`,
      "look in the resizer's log for level error, and at its cause. AccessDenied: the role was changed by hand, so run pulumi " +
        "up --refresh. Timeouts: look at S3 in the AWS Health Dashboard. Nothing there: look at resizer-errors.",
      {
        metricQueries: [
          {
            id: "rate",
            expression: `IF(FILL(failures, 0) >= ${FEW_FAILURES}, 100 * failures / requests, 0)`,
            label: "5xx, % of requests",
            returnData: true,
          },
          { id: "failures", metric: ofApi("5xx") },
          { id: "requests", metric: ofApi("Count") },
        ],
        threshold: FAILURE_PERCENT,
        ...TWO_OF_THREE,
      },
    ],
    [
      "misses-unusual",
      "More variants are asked for than at this time on other days, for half an hour.",
      "after an upload of many originals or a new size, nothing. Otherwise look in the API's access log for who asks. One " +
        "address: lower resizer.rateLimit. Everyone: see whether variants were deleted, or CloudFront's cache was.",
      {
        // CloudWatch learns from two weeks, and raises no alarm until then.
        metricQueries: [
          { id: "misses", metric: ofApi("Count"), returnData: true },
          { id: "usual", expression: `ANOMALY_DETECTION_BAND(misses, ${UNUSUAL})`, label: "usual", returnData: true },
        ],
        thresholdMetricId: "usual",
        comparisonOperator: "GreaterThanUpperThreshold",
        evaluationPeriods: 6,
        datapointsToAlarm: 6,
      },
    ],
  ];
}

function purgeAlarms({ project, stack, purge, purgeQueues: { failed } }: Names): AlarmRow[] {
  const once = { statistic: "Maximum", evaluationPeriods: 1 };
  return [
    [
      "purge-late",
      "Changed originals cannot be purged: their old variants are still served.",
      "look in the purge function's log for level error. It is tried again every six minutes; after twenty " +
        "tries it goes to the dead-letter queue, and the alarm purge-dead-letters.",
      // The function's own count: failed messages of a batch are no error to Lambda, and a message that was received three
      // times counts no more for the age of its queue (SQS guide, "Available CloudWatch metrics").
      {
        metricQueries: [
          { id: "all", expression: "FILL(failures, 0) + FILL(errors, 0)", label: "failures", returnData: true },
          { id: "failures", metric: { ...metric(project, "PurgeFailures", { Stack: stack }), stat: "Sum" } },
          { id: "errors", metric: { ...metric("AWS/Lambda", "Errors", { FunctionName: purge }), stat: "Sum" } },
        ],
        threshold: 0,
        ...TWO_OF_THREE,
      },
    ],
    [
      "purge-dead-letters",
      "Changes of originals could not be handled: their old variants are still served.",
      "fix what purge-late says, then redrive the queue in the SQS console.",
      { ...metric("AWS/SQS", "ApproximateNumberOfMessagesVisible", { QueueName: failed }), ...once, threshold: 0 },
    ],
  ];
}

function metric(namespace: string, metricName: string, dimensions: Readonly<Record<string, string>>) {
  return { namespace, metricName, dimensions, period: PERIOD };
}
