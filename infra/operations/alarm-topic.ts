import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Environment } from "../environment";
import { alarmNamePrefix, alarmTopicName } from "../names";

export interface AlarmTopicArgs {
  readonly environment: Environment;
  /** Address that alarms are sent to, if any; AWS sends it a confirmation e-mail first. */
  readonly email: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Where the stack's alarms go, and from there to an address.
 *
 * Not encrypted with KMS: an alarm holds names and numbers, and leaves as an e-mail. CloudWatch cannot use AWS's own key
 * for SNS, and a key of the stack's own costs more a month than the alarms do (SNS developer guide, "Key management").
 */
export class AlarmTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: AlarmTopicArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:AlarmTopic", name, {}, opts);
    const { project, stack, accountId, region, partition } = args.environment;
    const topicName = alarmTopicName(project, stack);

    const topic = new aws.sns.Topic(name, { name: topicName, tags: { ...args.tags } }, { parent: this });
    const policy = new aws.sns.TopicPolicy(
      `${name}-policy`,
      {
        arn: topic.arn,
        // Built from names rather than from outputs, so that a preview knows the whole document.
        policy: pulumi.all([partition, region, accountId]).apply(([part, where, account]) =>
          pulumi.jsonStringify(
            topicPolicy({
              topicArn: `arn:${part}:sns:${where}:${account}:${topicName}`,
              alarmArns: `arn:${part}:cloudwatch:${where}:${account}:alarm:${alarmNamePrefix(project, stack)}*`,
              accountId: account,
            }),
          ),
        ),
      },
      { parent: this },
    );
    if (args.email !== undefined) {
      new aws.sns.TopicSubscription(
        `${name}-email`,
        { topic: topic.arn, protocol: "email", endpoint: args.email },
        { parent: this },
      );
    }
    // An alarm may go off as soon as it is made: by then the topic must take it.
    this.arn = pulumi.all([topic.arn, policy.id]).apply(([arn]) => arn);
    this.registerOutputs({ arn: this.arn });
  }
}

/** CloudWatch may publish, for the alarms of this stack, and nobody else. */
function topicPolicy(names: {
  readonly topicArn: string;
  readonly alarmArns: string;
  readonly accountId: string;
}): aws.iam.PolicyDocument {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "AlarmsOfThisStack",
        Effect: "Allow",
        Principal: { Service: "cloudwatch.amazonaws.com" },
        Action: "sns:Publish",
        Resource: names.topicArn,
        Condition: {
          StringEquals: { "aws:SourceAccount": names.accountId },
          ArnLike: { "aws:SourceArn": names.alarmArns },
        },
      },
    ],
  };
}
