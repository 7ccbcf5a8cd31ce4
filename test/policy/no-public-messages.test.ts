import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { noPublicMessages } from "../../policy/rules/no-public-messages";
import { judge, type Properties, resource } from "./judge";

const QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy";
const EVENTS = { Service: "events.amazonaws.com" };
const RULE = "arn:aws:events:eu-west-1:123456789012:rule/originals";

const statement = (change: Properties = {}): Properties => ({
  Sid: "RuleSends",
  Effect: "Allow",
  Principal: EVENTS,
  Action: "sqs:SendMessage",
  Resource: "arn:aws:sqs:eu-west-1:123456789012:purge",
  Condition: { ArnEquals: { "aws:SourceArn": RULE } },
  ...change,
});

function judged(change: Properties, type = QUEUE_POLICY): Promise<string[]> {
  const policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement(change)] });
  return judge(noPublicMessages, [resource(type, { policy }, "purge")]);
}

describe("no-public-messages", () => {
  for (const [what, change] of [
    ["a service for one of the stack's rules", {}],
    ["a service for the account", { Condition: { StringEquals: { "aws:SourceAccount": "123456789012" } } }],
    ["a role that is named", { Principal: { AWS: "arn:aws:iam::123456789012:role/sender" }, Condition: {} }],
    ["everybody for one of the stack's rules", { Principal: "*" }],
    ["nobody, by a Deny to everybody", { Effect: "Deny", Principal: "*", Condition: {} }],
  ] as const) {
    it(`lets a policy pass that lets ${what} in`, async () => {
      assert.deepEqual(await judged(change), []);
    });
  }

  for (const [what, change, says] of [
    ["everybody", { Principal: "*", Condition: {} }, 'statement "RuleSends" of policy lets everybody in'],
    ["every account", { Principal: { AWS: ["*"] }, Condition: {} }, "lets everybody in"],
    [
      "all but one",
      { Principal: undefined, NotPrincipal: { AWS: "123456789012" }, Condition: {} },
      "lets everybody in",
    ],
    ["a service for anybody", { Condition: {} }, "lets events.amazonaws.com in for anybody's resources"],
    [
      "a service for any rule",
      { Condition: { ArnLike: { "aws:SourceArn": "arn:aws:events:*:*:rule/*" } } },
      "lets events.amazonaws.com in for anybody's resources",
    ],
    [
      "a service for any rule but one",
      { Condition: { ArnNotEquals: { "aws:SourceArn": RULE } } },
      "lets events.amazonaws.com in for anybody's resources",
    ],
  ] as const) {
    for (const type of [
      QUEUE_POLICY,
      "aws:sqs/queue:Queue",
      "aws:sns/topic:Topic",
      "aws:sns/topicPolicy:TopicPolicy",
    ]) {
      it(`refuses a policy that lets ${what} in, on ${type}`, async () => {
        const [violation, ...others] = await judged(change, type);
        assert.ok(violation?.includes(says), violation ?? "there is no violation");
        assert.deepEqual(others, []);
      });
    }
  }

  it("refuses a policy that cannot be read, and lets none pass: then the account alone may send", async () => {
    const [violation] = await judge(noPublicMessages, [resource(QUEUE_POLICY, { policy: "{" }, "purge")]);
    assert.match(violation ?? "", /so who may send cannot be told/);
    assert.deepEqual(await judge(noPublicMessages, [resource("aws:sqs/queue:Queue", {}, "purge")]), []);
  });
});
