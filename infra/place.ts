import * as aws from "@pulumi/aws";
import type { Place } from "./names";

/** Reads the stack's place from the credentials and the region that it is deployed with. */
export async function readPlace(): Promise<Place> {
  const [{ accountId }, { region }, { partition }] = await Promise.all([
    aws.getCallerIdentity(),
    aws.getRegion(),
    aws.getPartition(),
  ]);
  return { accountId, region, partition };
}
