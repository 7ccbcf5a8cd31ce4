import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Reason for which S3 has no answer: the account's Block Public Access was never set. */
const NEVER_SET = /couldn't find resource|NoSuchPublicAccessBlockConfiguration/;

/**
 * Stops the program where the account blocks what a website takes. Its setting wins over the bucket's, and `pulumi up` would find
 * out by an AccessDenied of the bucket policy, with half of the stack created (S3 user guide, "Blocking public access").
 * @throws RunError that says what to do
 */
export async function checkPublicPolicies(): Promise<void> {
  const block = await readAccountBlock();
  if (!block || !(block.blockPublicPolicy || block.restrictPublicBuckets)) return;
  throw new pulumi.RunError(
    `the account ${block.id} blocks public bucket policies, which cdn.delivery: redirect needs: switch BlockPublicPolicy and ` +
      'RestrictPublicBuckets off for the account (S3 console, "Block Public Access settings for this account"), or set ' +
      "cdn.delivery: failover, whose bucket is private",
  );
}

async function readAccountBlock(): Promise<aws.s3.GetAccountPublicAccessBlockResult | undefined> {
  try {
    return await aws.s3.getAccountPublicAccessBlock();
  } catch (error) {
    if (NEVER_SET.test(String(error))) return undefined;
    // A deployment must not depend on a permission that only looks ahead.
    await pulumi.log.warn(
      `the account's Block Public Access is not known (${String(error)}): where it blocks public policies, S3 will reject the bucket's`,
    );
    return undefined;
  }
}
