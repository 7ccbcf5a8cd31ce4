import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Where the program runs: what physical names and ARNs are made of. All known in a preview. */
export interface Environment {
  readonly project: string;
  readonly stack: string;
  readonly accountId: pulumi.Output<string>;
  readonly region: pulumi.Output<string>;
  readonly partition: pulumi.Output<string>;
}

/** The project and stack, and the account and region that the AWS provider is configured for. */
export function currentEnvironment(): Environment {
  return {
    project: pulumi.getProject(),
    stack: pulumi.getStack(),
    accountId: aws.getCallerIdentityOutput().accountId,
    region: aws.getRegionOutput().region,
    partition: aws.getPartitionOutput().partition,
  };
}
