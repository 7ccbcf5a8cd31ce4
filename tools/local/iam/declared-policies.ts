import { UserError } from "@image-resizer/lib/user-error";
import type { RegisteredResource } from "@image-resizer/lib/program";
import type { DocumentKind } from "../../../policy/iam/document";
import { recordOf, parsed } from "../../../policy/lib/values";
import { ofType } from "../declared";
import { readStatements } from "./evaluate";
import { PolicyStore, type PolicyDocument, type PublicAccessBlock, type RolePolicies } from "./policy-store";

/**
 * Reads the roles, the policies of buckets and queues and the public access blocks out of what the program registered.
 * @throws UserError for a policy that IAM would reject, is attached to nothing declared, or is not known here.
 */
export function declaredPolicies(resources: readonly RegisteredResource[]): PolicyStore {
  const of = (type: string) => ofType(resources, type);
  const declared = new Map(of("aws:iam/policy:Policy").map((policy) => [text(policy.outputs.arn), policy]));
  const byArn = (arn: string, user: RegisteredResource): PolicyDocument => {
    const policy = declared.get(arn);
    if (policy) return read(policy.inputs.policy, policy.name, "identity");
    throw new UserError(`${user.name} attaches ${arn}: the local stack knows only policies that the program declares`);
  };

  const roles = of("aws:iam/role:Role").map((role) => {
    const policies = new Map<string, PolicyDocument>();
    for (const [index, inline] of list(role.inputs.inlinePolicies).entries()) {
      const { name = `inline ${index + 1}`, policy } = inline as { name?: string; policy?: unknown };
      if (policy !== undefined) policies.set(name, read(policy, name, "identity"));
    }
    for (const arn of list(role.inputs.managedPolicyArns)) policies.set(text(arn), byArn(text(arn), role));
    const boundary = role.inputs.permissionsBoundary;
    return {
      names: [role.outputs.name, role.outputs.arn, role.id],
      arn: text(role.outputs.arn),
      trust: read(role.inputs.assumeRolePolicy, role.name, "trust"),
      policies,
      ...(boundary === undefined ? {} : { boundary: byArn(text(boundary), role) }),
    };
  });
  const roleOf = (user: RegisteredResource) => {
    const role = roles.find(({ names }) => names.includes(user.inputs.role));
    if (!role) throw new UserError(`${user.name} is attached to ${text(user.inputs.role)}, which is no declared role`);
    return role;
  };
  for (const policy of of("aws:iam/rolePolicy:RolePolicy")) {
    roleOf(policy).policies.set(policy.name, read(policy.inputs.policy, policy.name, "identity"));
  }
  for (const attachment of of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")) {
    const arn = text(attachment.inputs.policyArn);
    roleOf(attachment).policies.set(arn, byArn(arn, attachment));
  }

  const bucketPolicies = of("aws:s3/bucketPolicy:BucketPolicy").map(({ name, inputs }) => {
    return [text(inputs.bucket), read(inputs.policy, name, "resource")] as const;
  });
  return new PolicyStore(
    new Map(roles.map((role): [string, RolePolicies] => [role.arn, role])),
    new Map(bucketPolicies),
    publicAccessBlocks(resources),
    queuePolicies(resources),
  );
}

function queuePolicies(resources: readonly RegisteredResource[]): Map<string, PolicyDocument> {
  const queues = ofType(resources, "aws:sqs/queue:Queue");
  return new Map(
    ofType(resources, "aws:sqs/queuePolicy:QueuePolicy").map(({ name, inputs }) => {
      const queue = queues.find(({ outputs }) => outputs.url === inputs.queueUrl);
      if (!queue) throw new UserError(`${name} is the policy of ${text(inputs.queueUrl)}, no declared queue`);
      return [text(queue.outputs.arn), read(inputs.policy, name, "resource")];
    }),
  );
}

/** The account's block wins over the bucket's. */
function publicAccessBlocks(resources: readonly RegisteredResource[]): Map<string, PublicAccessBlock> {
  const [account] = ofType(resources, "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock");
  return new Map(
    ofType(resources, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock").map(({ inputs }) => {
      const isOn = (setting: string) => inputs[setting] === true || account?.inputs[setting] === true;
      const block = {
        blockPublicPolicy: isOn("blockPublicPolicy"),
        restrictPublicBuckets: isOn("restrictPublicBuckets"),
      };
      return [text(inputs.bucket), block];
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

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
