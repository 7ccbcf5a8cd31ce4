import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { ACTIONS } from "../deploy-actions";
import { deployPolicy } from "../deploy-policy";
import { type ProgramOptions, runProgram } from "../program";
import { ROOT } from "../root";

const ACCOUNT = "210987654321";
const BOUNDARY = "arn:aws:iam::210987654321:policy/images-boundary";

async function policyOf(options: ProgramOptions) {
  const policy = deployPolicy(await runProgram(options), ACCOUNT);
  const statement = (sid: string) => policy.Statement.find(({ Sid }) => Sid === sid);
  return { policy, statement };
}

describe("the policy of a role that deploys a stack", () => {
  it("knows the actions of every type that a golden file has", () => {
    for (const name of ["dev", "prod", "prod-failover", "everything"]) {
      const file = readFileSync(path.join(ROOT, `test/golden/${name}.json`), "utf8");
      const { resources } = JSON.parse(file) as { resources: { type: string }[] };
      const types = resources.map(({ type }) => type).filter((type) => /^awsx?:/.test(type));
      assert.ok(types.length > 20);
      assert.deepEqual(
        types.filter((type) => !(type in ACTIONS)),
        [],
        name,
      );
    }
  });

  it("fits into IAM's 10,240 characters, and grants on everything only what AWS has nowhere narrower", async () => {
    const { policy, statement } = await policyOf({ stack: "prod" });
    assert.ok(JSON.stringify(policy).length <= 10_240);
    assert.deepEqual(statement("any")?.Action, [
      "acm:RequestCertificate",
      "ce:ListCostAllocationTags",
      "ce:UpdateCostAllocationTagsStatus",
      "cloudtrail:DescribeTrails",
      "cloudwatch:DescribeAlarms",
      "lambda:CreateEventSourceMapping",
      "lambda:ListEventSourceMappings",
      ...["CreateLogDelivery", "DeleteLogDelivery", "DescribeLogGroups", "DescribeResourcePolicies"].map(logs),
      ...["GetLogDelivery", "ListLogDeliveries", "PutResourcePolicy", "UpdateLogDelivery"].map(logs),
      "s3:GetAccountPublicAccessBlock",
      "sns:Unsubscribe",
      "ssm:DescribeParameters",
    ]);
    assert.deepEqual(statement("mapping")?.Action, [
      "lambda:DeleteEventSourceMapping",
      "lambda:GetEventSourceMapping",
      "lambda:ListTags",
      "lambda:TagResource",
      "lambda:UntagResource",
      "lambda:UpdateEventSourceMapping",
    ]);
  });

  it("is for one stack and its bucket, in the account that it is asked for", async () => {
    const { policy, statement } = await policyOf({ stack: "prod" });
    assert.deepEqual(statement("bucket")?.Resource, [
      "arn:aws:s3:::image-resizer-prod-*",
      `arn:aws:s3:::image-resizer-prod-${ACCOUNT}`,
    ]);
    assert.deepEqual(statement("role")?.Resource, [`arn:aws:iam::${ACCOUNT}:role/image-resizer-prod-*`]);
    assert.doesNotMatch(JSON.stringify(policy), /undefined|[{]\w+[}]|123456789012/);
  });

  it("creates no role without the boundary that the stack's config names, and removes it from none", async () => {
    const { policy, statement } = await policyOf({
      ...{ stack: "prod", config: { "operations.permissionsBoundary": BOUNDARY } },
    });
    assert.deepEqual(statement("boundedRole"), {
      Sid: "boundedRole",
      Effect: "Allow",
      Action: ["iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"],
      Resource: [`arn:aws:iam::${ACCOUNT}:role/image-resizer-prod-*`],
      Condition: { StringEquals: { "iam:PermissionsBoundary": BOUNDARY } },
    });
    assert.doesNotMatch(JSON.stringify(policy), /DeleteRolePermissionsBoundary/);
    assert.doesNotMatch(JSON.stringify(statement("role")), /CreateRole|PutRolePolicy/);
  });
});

function logs(action: string): string {
  return `logs:${action}`;
}
