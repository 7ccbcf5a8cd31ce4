import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackFacts } from "../names";
import { AlarmTopic } from "./alarm-topic";
import { Alarms } from "./alarms";
import { dashboardBody } from "./dashboard";

export interface MonitoringArgs extends StackFacts {
  readonly distributionId: pulumi.Output<string>;
  readonly apiId: pulumi.Output<string>;
}

/** A dashboard of the whole stack, and alarms that are sent to an address. */
export class Monitoring extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;
  /** URL of the dashboard in AWS's console. */
  readonly dashboardUrl: pulumi.Output<string>;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:Monitoring", name, {}, opts);
    const { config, names, place, distributionId, apiId } = args;
    const { region } = place;

    const topic = new AlarmTopic(`${name}-topic`, args, { parent: this });
    const alarms = new Alarms(`${name}-alarms`, { config, names, topicArn: topic.arn, apiId }, { parent: this });
    const body = pulumi
      .output({ region, alarmArns: [...alarms.arns], distributionId, apiId })
      .apply((known) => dashboardBody({ config, names, ...known }));
    const dashboard = new aws.cloudwatch.Dashboard(
      `${name}-dashboard`,
      { dashboardName: names.dashboard, dashboardBody: pulumi.jsonStringify(body) },
      { parent: this },
    );

    this.topicArn = topic.arn;
    const console = pulumi.interpolate`https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`;
    this.dashboardUrl = pulumi.interpolate`${console}#dashboards/dashboard/${dashboard.dashboardName}`;
    this.registerOutputs({ topicArn: this.topicArn, dashboardUrl: this.dashboardUrl });
  }
}
