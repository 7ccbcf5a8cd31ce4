import { describe } from "mocha";
import { noPublicMessages } from "../../../policy/rules/no-public-messages";
import { accepts, type Properties, rejects, resource } from "../support/check";

const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const RULE = "arn:aws:events:eu-west-1:123456789012:rule/originals";
const TYPES = [QUEUE_POLICY, "aws:sqs/queue:Queue", "aws:sns/topic:Topic", "aws:sns/topicPolicy:TopicPolicy"];

const STATEMENT = {
  Sid: "RuleSends",
  Effect: "Allow",
  Principal: { Service: "events.amazonaws.com" },
  Action: "sqs:SendMessage",
  Resource: "arn:aws:sqs:eu-west-1:123456789012:purge",
  Condition: { ArnEquals: { "aws:SourceArn": RULE } },
};
const withPolicy = (change: Properties, type = QUEUE_POLICY) =>
  resource(type, { policy: JSON.stringify({ Version: "2012-10-17", Statement: [{ ...STATEMENT, ...change }] }) });
const open = (change: Properties) => ({ Condition: {}, ...change });
const ACCOUNT = "123456789012";
const forAll = (change: Properties) => withPolicy({ Principal: "*", ...change });
const sourceArn = (operator: string, arn: string) => ({ Condition: { [operator]: { "aws:SourceArn": arn } } });

describe("no-public-messages", () => {
  accepts(noPublicMessages, [
    ["a service for one of the stack's rules", withPolicy({})],
    ["a service for the account", withPolicy({ Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } })],
    ["a role", withPolicy(open({ Principal: { AWS: "arn:aws:iam::123456789012:role/sender" } }))],
    ["everybody for one of the stack's rules", withPolicy({ Principal: "*" })],
    ["a Deny for everybody", withPolicy(open({ Effect: "Deny", Principal: "*" }))],
    ["no policy, so that the account alone sends", resource("aws:sqs/queue:Queue", {})],
    // SQS guide, "Using custom policies", and SNS guide, "Example cases": any resource of one account.
    ["a service for any rule of the account", withPolicy(sourceArn("ArnLike", `arn:aws:events:*:${ACCOUNT}:rule/*`))],
    ["everybody for any topic of the account", forAll(sourceArn("ArnLike", `arn:aws:sns:eu-west-1:${ACCOUNT}:*`))],
    ["everybody for anything of the account", forAll(sourceArn("StringLike", `arn:aws:*:*:${ACCOUNT}:*`))],
    // S3 user guide, "Granting permissions to publish event notification messages": a name that no other bucket has.
    ["everybody for one bucket", forAll(sourceArn("ArnLike", "arn:aws:s3:*:*:photos"))],
    ["everybody for a bucket", forAll(sourceArn("ArnEquals", "arn:aws:s3:::photos"))],
    ["everybody of an organisation", forAll({ Condition: { StringEquals: { "aws:PrincipalOrgID": "o-1a2b3c" } } })],
    ["the topic's default policy", forAll({ Condition: { StringEquals: { "AWS:SourceOwner": ACCOUNT } } })],
    [
      "any role of the account",
      forAll({ Condition: { ArnLike: { "aws:PrincipalArn": `arn:aws:iam::${ACCOUNT}:role/*` } } }),
    ],
  ]);

  const anyAccount = "allows events.amazonaws.com for resources of any account";
  for (const type of TYPES) {
    describe(type, () => {
      rejects(noPublicMessages, [
        ["everybody", withPolicy(open({ Principal: "*" }), type), 'statement "RuleSends" of policy allows everybody'],
        ["every account", withPolicy(open({ Principal: { AWS: ["*"] } }), type), "allows everybody"],
        [
          "all but one account",
          withPolicy(open({ Principal: undefined, NotPrincipal: { AWS: "123456789012" } }), type),
          "allows everybody",
        ],
        ["a service for anybody", withPolicy(open({}), type), anyAccount],
        ["a service for any rule", withPolicy(sourceArn("ArnLike", "arn:aws:events:*:*:rule/*"), type), anyAccount],
        ["a service for any rule but one", withPolicy(sourceArn("ArnNotEquals", RULE), type), anyAccount],
        ["buckets that begin the same", withPolicy(sourceArn("ArnLike", "arn:aws:s3:::photos-*"), type), anyAccount],
        ["any bucket", withPolicy(sourceArn("ArnLike", "arn:aws:s3:*:*:*"), type), anyAccount],
        ["accounts that begin the same", withPolicy(sourceArn("ArnLike", "arn:aws:sns:*:1234*:*"), type), anyAccount],
        ["a service where no ARN is", withPolicy(sourceArn("ArnLikeIfExists", RULE), type), anyAccount],
        [
          "a provider of identities",
          withPolicy(open({ Principal: { Federated: "graph.facebook.com" } }), type),
          "allows everybody",
        ],
        ["a policy that cannot be read", resource(type, { policy: "{" }), "so its senders are unknown"],
      ]);
    });
  }
});
