import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { LOCAL_ACCOUNT_ID } from "@image-resizer/lib/program";
import { type AccessRequest, Iam } from "../../iam/iam";
import type { PublicAccessBlock } from "../../iam/policies";
import { Trace } from "../../trace";

type Statements = readonly object[];

/** A request, the policies that apply to it, and IAM's answer; two independent evaluators gave the same one. */
interface Case {
  readonly ask: AccessRequest;
  /** The role's own policies; none for a caller that is no role. */
  readonly role: readonly Statements[];
  readonly bucket?: Statements;
  readonly block?: PublicAccessBlock;
  readonly queue?: Statements;
  readonly answer: string;
}

const ROLE = `arn:aws:iam::${LOCAL_ACCOUNT_ID}:role/resizer`;
const BUCKET = "photos";
const QUEUE = `arn:aws:sqs:eu-central-1:${LOCAL_ACCOUNT_ID}:immediate`;
const BLOCK = { blockPublicPolicy: false, restrictPublicBuckets: false };

const CASES = readFileSync(path.join(__dirname, "fixtures/decisions.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as Case);

function iamOf({ role, bucket, block = BLOCK, queue }: Case): Iam {
  const policy = (Statement: Statements) => ({ Version: "2012-10-17", Statement });
  const policies = new Map(role.map((statements, index) => [`policy ${index + 1}`, policy(statements)]));
  const owner = { trust: policy([]), policies };
  return new Iam(
    {
      roles: new Map([[ROLE, owner]]),
      buckets: new Map(bucket ? [[BUCKET, policy(bucket)]] : []),
      queues: new Map(queue ? [[QUEUE, policy(queue)]] : []),
      publicAccessBlocks: new Map([BUCKET, "other"].map((name) => [name, block])),
    },
    LOCAL_ACCOUNT_ID,
    new Trace(),
  );
}

describe("IAM's decisions", () => {
  it("covers every kind of answer, to every kind of caller", () => {
    const kinds = CASES.map(({ ask, answer }) => {
      return `${ask.principal.kind}: ${answer.replace(/[IR]\d$/, "a statement").replace(/(s3|sqs):\w+$/, "an action")}`;
    });
    assert.deepEqual([...new Set(kinds)].sort(), [
      "anonymous: allowed by a statement",
      "anonymous: denied by a statement",
      "anonymous: denied by the public access block (restrictPublicBuckets)",
      "anonymous: no statement allows an action",
      "anonymous: the public access block (blockPublicPolicy) rejects the bucket's public policy",
      "role: allowed by a statement",
      "role: denied by a statement",
      "role: no statement allows an action",
      "role: the public access block (blockPublicPolicy) rejects the bucket's public policy",
      "service: allowed by a statement",
      "service: denied by a statement",
      "service: no statement allows an action",
      "service: the public access block (blockPublicPolicy) rejects the bucket's public policy",
    ]);
  });

  for (const [index, one] of CASES.entries()) {
    const { principal, action, resource } = one.ask;
    it(`case ${index + 1}: ${principal.kind} ${action} ${JSON.stringify(resource)}: ${one.answer}`, () => {
      assert.deepEqual(iamOf(one).decide(one.ask), {
        allowed: one.answer.startsWith("allowed"),
        reason: one.answer,
      });
    });
  }
});
