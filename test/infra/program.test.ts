import assert from "node:assert/strict";
import { awsCall, awsOutputs } from "@image-resizer/lib/aws-outputs";
import { runProgram } from "@image-resizer/lib/program";
import { register, type Registered } from "../support/program";

const CONTEXT = { accountId: "123456789012", region: "us-east-1" };

describe("the program", () => {
  for (const stack of ["dev", "prod"]) {
    it(`knows the bucket's name and every policy document in a preview of ${stack}`, async () => {
      const preview = await register({ stack, preview: true });
      const update = await register({ stack });
      for (const type of ["Bucket", "BucketPolicy", "BucketPublicAccessBlock", "CachePolicy"]) {
        const inputs = (of: Registered) => of.all(type).map((it) => it.inputs);
        assert.notDeepEqual(inputs(update), []);
        assert.deepEqual(inputs(preview), inputs(update));
      }
      assert.deepEqual(preview.one("RolePolicy").inputs.policy, update.one("RolePolicy").inputs.policy);
      assert.deepEqual(preview.one("Role").inputs, update.one("Role").inputs);
      assert.deepEqual(preview.one("Distribution").inputs.origins, update.one("Distribution").inputs.origins);
    });
  }

  it("registers nothing at all with a bad config", async () => {
    await assert.rejects(runProgram({ stack: "dev", config: { sizes: ["640"] } }), /sizes has 640/);
  });

  it("is run by name: an unknown stack is named, with those that there are", async () => {
    await assert.rejects(runProgram({ stack: "live" }), {
      message: 'there is no stack "live": Pulumi.<stack>.yaml exists for dev, prod',
    });
  });
});

describe("the mocks", () => {
  it("throw on a type or a call that they do not know", () => {
    assert.throws(
      () => awsOutputs("aws:s3/bucketAcl:BucketAcl", "acl", {}, CONTEXT),
      /knows no outputs of aws:s3\/bucketAcl/,
    );
    assert.throws(() => awsCall("aws:ec2/getVpc:getVpc", CONTEXT), /knows no result of aws:ec2\/getVpc/);
  });
});
