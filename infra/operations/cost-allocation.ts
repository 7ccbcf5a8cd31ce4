import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { BILLED_BY } from "./budget";

/**
 * Makes the tags that tell stacks apart ones that the account's bill can be split by. AWS takes a key that it has seen on
 * a resource for up to a day, and only in the account that pays (Billing user guide, "Activating user-defined cost
 * allocation tags").
 */
export class CostAllocation extends pulumi.ComponentResource {
  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:CostAllocation", name, {}, opts);
    for (const tagKey of BILLED_BY) {
      new aws.costexplorer.CostAllocationTag(
        `${name}-${tagKey.toLowerCase()}`,
        { tagKey, status: "Active" },
        // A key is the account's, not the stack's: without it the bills and budgets of other stacks would stop as well.
        { parent: this, retainOnDelete: true },
      );
    }
    this.registerOutputs();
  }
}
