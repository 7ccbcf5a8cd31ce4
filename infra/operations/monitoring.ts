import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { AllowList } from "../../functions/variant-key";
import { AlarmTopic } from "./alarm-topic";
import { Alarms, type PurgeNames, slowMilliseconds } from "./alarms";
import { dashboardBody } from "./dashboard";
import type { Environment } from "../environment";
import { stackName } from "../names";

export interface MonitoringArgs {
  readonly environment: Environment;
  /** Address that alarms are sent to, if any. */
  readonly alarmEmail: string | undefined;
  readonly distributionId: pulumi.Input<string>;
  readonly apiId: pulumi.Input<string>;
  readonly functionName: pulumi.Input<string>;
  /** The resizer's time for one variant, in seconds. */
  readonly timeout: number;
  /** Most variants at once; undefined for the account's limit. */
  readonly reservedConcurrency: number | undefined;
  /** Each of its sizes is a line in a graph. */
  readonly allowList: AllowList;
  /** The function that deletes variants of changed originals, in a stack that has one. */
  readonly purge?: PurgeNames | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** A dashboard of the whole stack, and alarms that tell an address. */
export class Monitoring extends pulumi.ComponentResource {
  readonly topicArn: pulumi.Output<string>;
  /** Where the dashboard is in AWS's console. */
  readonly dashboardUrl: pulumi.Output<string>;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:Monitoring", name, {}, opts);
    const { environment, tags } = args;

    const topic = new AlarmTopic(`${name}-topic`, { environment, email: args.alarmEmail, tags }, { parent: this });
    const alarms = new Alarms(
      `${name}-alarms`,
      {
        environment,
        topicArn: topic.arn,
        functionName: args.functionName,
        timeout: args.timeout,
        apiId: args.apiId,
        purge: args.purge,
        tags,
      },
      { parent: this },
    );
    const dashboard = new aws.cloudwatch.Dashboard(
      `${name}-dashboard`,
      {
        dashboardName: stackName(environment.project, environment.stack),
        dashboardBody: pulumi.jsonStringify(this.#body(args, alarms.arns)),
      },
      { parent: this },
    );

    this.topicArn = topic.arn;
    this.dashboardUrl = pulumi.interpolate`https://${environment.region}.console.aws.amazon.com/cloudwatch/home?region=${environment.region}#dashboards/dashboard/${dashboard.dashboardName}`;
    this.registerOutputs({ topicArn: this.topicArn, dashboardUrl: this.dashboardUrl });
  }

  #body(args: MonitoringArgs, alarmArns: readonly pulumi.Output<string>[]) {
    const { environment, distributionId, apiId, functionName } = args;
    const purge = args.purge && {
      functionName: args.purge.functionName,
      queueName: args.purge.queueName,
      deadLetterQueueName: args.purge.deadLetterQueueName,
    };
    return pulumi
      .output({ region: environment.region, alarmArns: [...alarmArns], distributionId, apiId, functionName, purge })
      .apply((known) =>
        dashboardBody({
          ...known,
          timeoutMs: args.timeout * 1000,
          slowMs: slowMilliseconds(args.timeout),
          reservedConcurrency: args.reservedConcurrency,
          namespace: environment.project,
          stack: environment.stack,
          allowList: args.allowList,
        }),
      );
  }
}
