import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { checkPublicPolicies } from "../../../infra/bucket/public-policies";

/** Has the account's Block Public Access answered by `call`. */
async function account(call: () => Record<string, unknown>): Promise<void> {
  await pulumi.runtime.setMocks({ newResource: () => ({ id: "none", state: {} }), call });
}

const block = (blocked: Readonly<Record<string, boolean>>) => () => ({
  id: "123456789012",
  blockPublicAcls: true,
  ignorePublicAcls: true,
  blockPublicPolicy: false,
  restrictPublicBuckets: false,
  ...blocked,
});

describe("the check of the account's Block Public Access", () => {
  for (const setting of ["blockPublicPolicy", "restrictPublicBuckets"]) {
    it(`stops the program in one sentence where ${setting} is on`, async () => {
      await account(block({ [setting]: true }));
      await assert.rejects(checkPublicPolicies(), (error: unknown) => {
        assert.ok(pulumi.RunError.isInstance(error));
        assert.match(
          error.message,
          /^the account 123456789012 blocks public bucket policies, which cdn.delivery: redirect/,
        );
        return true;
      });
    });
  }

  it("passes where the account blocks ACLs alone, or was never set", async () => {
    await account(block({}));
    await checkPublicPolicies();
    await account(() => {
      // As gRPC has it.
      const details = "reading S3 Account Public Access Block (123456789012): couldn't find resource";
      throw Object.assign(new Error(details), { details });
    });
    await checkPublicPolicies();
  });
});
