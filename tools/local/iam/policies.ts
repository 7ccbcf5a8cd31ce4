import { z } from "zod";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import type { DocumentKind } from "../../../policy/iam/document";
import { parsed, recordOf } from "../../../policy/lib/values";
import { inputsOf, ofType, unserved } from "../declared";
import { readStatements } from "./evaluate";

/** An IAM policy document, as parsed JSON. */
export type PolicyDocument = Readonly<Record<string, unknown>>;

/** The policies of a role. */
interface RolePolicies {
  /** Principals that may assume the role. */
  readonly trust: PolicyDocument;
  /** Its own policies, by name. */
  readonly policies: Map<string, PolicyDocument>;
}

/** The settings of a bucket's public access block that concern its policy. */
export interface PublicAccessBlock {
  /** S3 rejects a public policy when it is put. */
  readonly blockPublicPolicy: boolean;
  /** A public policy opens the bucket to the account only. */
  readonly restrictPublicBuckets: boolean;
}

/** Active policies, which may be changed while the stack runs: roles and queues by ARN, buckets by name. */
export interface Policies {
  readonly roles: ReadonlyMap<string, RolePolicies>;
  readonly buckets: Map<string, PolicyDocument>;
  readonly queues: ReadonlyMap<string, PolicyDocument>;
  readonly publicAccessBlocks: ReadonlyMap<string, PublicAccessBlock>;
}

const RoleInputs = z.looseObject({
  ...unserved("inlinePolicies", "managedPolicyArns", "permissionsBoundary"),
  assumeRolePolicy: z.unknown(),
});

/** Resources that would change decisions, and are not read. */
const UNSERVED = [
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
  "aws:iam/policyAttachment:PolicyAttachment",
  "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
];

/**
 * Reads the policies that the program declares.
 * @throws UserError for a policy that IAM would reject, is of nothing declared, or is not served here.
 */
export function declaredPolicies(resources: readonly RegisteredResource[]): Policies {
  const of = (type: string) => ofType(resources, type);
  const [unserved] = UNSERVED.flatMap(of);
  if (unserved) throw new UserError(`the local stack does not serve ${unserved.type} "${unserved.name}"`);

  const roles = of("aws:iam/role:Role").map((role) => {
    const { assumeRolePolicy } = inputsOf(role, RoleInputs);
    const { name, outputs, id } = role;
    return {
      names: [outputs.name, outputs.arn, id],
      arn: String(outputs.arn),
      trust: read(assumeRolePolicy, name, "trust"),
      policies: new Map<string, PolicyDocument>(),
    };
  });
  for (const { name, inputs } of of("aws:iam/rolePolicy:RolePolicy")) {
    const role = roles.find(({ names }) => names.includes(inputs.role));
    if (!role) throw new UserError(`${name} is attached to ${String(inputs.role)}, which is no declared role`);
    role.policies.set(name, read(inputs.policy, name, "identity"));
  }

  const queues = of("aws:sqs/queue:Queue");
  return {
    roles: new Map(roles.map((role) => [role.arn, role])),
    buckets: new Map(
      of("aws:s3/bucketPolicy:BucketPolicy").map(({ name, inputs }) => {
        return [String(inputs.bucket), read(inputs.policy, name, "resource")];
      }),
    ),
    queues: new Map(
      of("aws:sqs/queuePolicy:QueuePolicy").map(({ name, inputs }) => {
        const queue = queues.find(({ outputs }) => outputs.url === inputs.queueUrl);
        if (!queue) throw new UserError(`${name} is the policy of ${String(inputs.queueUrl)}, no declared queue`);
        return [String(queue.outputs.arn), read(inputs.policy, name, "resource")];
      }),
    ),
    publicAccessBlocks: new Map(
      of("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").map(({ inputs }) => {
        const [blockPublicPolicy, restrictPublicBuckets] = [inputs.blockPublicPolicy, inputs.restrictPublicBuckets];
        return [
          String(inputs.bucket),
          { blockPublicPolicy: blockPublicPolicy === true, restrictPublicBuckets: restrictPublicBuckets === true },
        ];
      }),
    ),
  };
}

/** Returns a policy's document. Reads it once now, so that a problem with it shows at the start. */
function read(value: unknown, name: string, kind: DocumentKind): PolicyDocument {
  const document = recordOf(parsed(value));
  if (document === undefined) throw new UserError(`the policy of ${name} is no JSON object`);
  readStatements(name, document, kind);
  return document;
}
