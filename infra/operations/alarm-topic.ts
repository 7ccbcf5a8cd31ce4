import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { arnOf, type Names, type Place, policyDocument, type StackFacts } from "../names";

/**
 * The topic of the stack's alarms, and the address that it sends them to.
 *
 * Not encrypted with KMS: an alarm holds names and numbers, and leaves as an e-mail. CloudWatch cannot use AWS's own key
 * for SNS, and a key of the stack's own costs more a month than the alarms do (SNS developer guide, "Key management").
 */
export class AlarmTopic extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;

  constructor(name: string, args: StackFacts, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:AlarmTopic", name, {}, opts);
    const { config, names, place } = args;
    const email = config.operations.alarmEmail;

    const topic = new aws.sns.Topic(name, { name: names.alarmTopic }, { parent: this });
    const policy = new aws.sns.TopicPolicy(
      `${name}-policy`,
      {
        arn: topic.arn,
        // Built from names rather than from outputs, so that a preview knows the whole document.
        policy: place.apply((where) => pulumi.jsonStringify(topicPolicy(names, where))),
      },
      { parent: this },
    );
    if (email !== undefined) {
      new aws.sns.TopicSubscription(
        `${name}-email`,
        { topic: topic.arn, protocol: "email", endpoint: email },
        { parent: this },
      );
    }
    // An alarm may go off as soon as it is created: by then the topic must accept it.
    this.arn = pulumi.all([topic.arn, policy.id]).apply(([arn]) => arn);
    this.registerOutputs({ arn: this.arn });
  }
}

/** Lets CloudWatch publish the alarms of this stack, and nothing else publish anything. */
function topicPolicy(names: Names, place: Place): aws.iam.PolicyDocument {
  return policyDocument({
    Sid: "AlarmsOfThisStack",
    Effect: "Allow",
    Principal: { Service: "cloudwatch.amazonaws.com" },
    Action: "sns:Publish",
    Resource: arnOf(place, "sns", names.alarmTopic),
    Condition: {
      StringEquals: { "aws:SourceAccount": place.accountId },
      ArnLike: { "aws:SourceArn": arnOf(place, "cloudwatch", `alarm:${names.alarmPrefix}*`) },
    },
  });
}
