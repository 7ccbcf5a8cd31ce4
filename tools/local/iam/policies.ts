import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import type { DocumentKind } from "../../../policy/iam/document";
import { listOf, parsed, recordOf } from "../../../policy/lib/values";
import { ofType } from "../declared";
import { readStatements } from "./evaluate";

/** An IAM policy document, as parsed JSON. */
export type PolicyDocument = Readonly<Record<string, unknown>>;

/** The policies of a role. */
export interface RolePolicies {
  /** Principals that may assume the role. */
  readonly trust: PolicyDocument;
  /** Inline and attached policies, by name. */
  readonly policies: Map<string, PolicyDocument>;
  readonly boundary?: PolicyDocument;
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

/**
 * Reads the policies that the program declares.
 * @throws UserError for a policy that IAM would reject, is attached to nothing declared, or is not known here.
 */
export function declaredPolicies(resources: readonly RegisteredResource[]): Policies {
  const of = (type: string) => ofType(resources, type);
  const managed = new Map(of("aws:iam/policy:Policy").map((policy) => [policy.outputs.arn, policy]));
  const byArn = (arn: unknown, user: RegisteredResource): PolicyDocument => {
    const policy = managed.get(arn);
    if (policy) return read(policy.inputs.policy, policy.name, "identity");
    throw new UserError(
      `${user.name} attaches ${String(arn)}: the local stack knows only policies that the program declares`,
    );
  };

  const roles = of("aws:iam/role:Role").map((role) => {
    const { inlinePolicies, managedPolicyArns, permissionsBoundary: boundary, assumeRolePolicy } = role.inputs;
    const policies = new Map<string, PolicyDocument>();
    for (const [index, inline] of listOf(inlinePolicies).entries()) {
      const { name = `inline ${index + 1}`, policy } = inline as { name?: string; policy?: unknown };
      if (policy !== undefined) policies.set(name, read(policy, name, "identity"));
    }
    for (const arn of listOf(managedPolicyArns)) policies.set(String(arn), byArn(arn, role));
    return {
      names: [role.outputs.name, role.outputs.arn, role.id],
      arn: String(role.outputs.arn),
      trust: read(assumeRolePolicy, role.name, "trust"),
      policies,
      ...(boundary === undefined ? {} : { boundary: byArn(boundary, role) }),
    };
  });
  const roleOf = ({ name, inputs }: RegisteredResource) => {
    const role = roles.find(({ names }) => names.includes(inputs.role));
    if (!role) throw new UserError(`${name} is attached to ${String(inputs.role)}, which is no declared role`);
    return role;
  };
  for (const policy of of("aws:iam/rolePolicy:RolePolicy")) {
    roleOf(policy).policies.set(policy.name, read(policy.inputs.policy, policy.name, "identity"));
  }
  for (const attachment of of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")) {
    const { policyArn } = attachment.inputs;
    roleOf(attachment).policies.set(String(policyArn), byArn(policyArn, attachment));
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
    publicAccessBlocks: publicAccessBlocks(resources),
  };
}

/** The account's block wins over the bucket's. */
function publicAccessBlocks(resources: readonly RegisteredResource[]): Map<string, PublicAccessBlock> {
  const [account] = ofType(resources, "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock");
  return new Map(
    ofType(resources, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").map(({ inputs }) => {
      const isOn = (setting: keyof PublicAccessBlock) => inputs[setting] === true || account?.inputs[setting] === true;
      const [blockPublicPolicy, restrictPublicBuckets] = [isOn("blockPublicPolicy"), isOn("restrictPublicBuckets")];
      return [String(inputs.bucket), { blockPublicPolicy, restrictPublicBuckets }];
    }),
  );
}

/** Returns a policy's document. Reads it once now, so that a problem with it shows at the start. */
function read(value: unknown, name: string, kind: DocumentKind): PolicyDocument {
  const document = recordOf(parsed(value));
  if (document === undefined) throw new UserError(`the policy of ${name} is no JSON object`);
  readStatements(name, document, kind);
  return document;
}
