import { ofType } from "../declared";
import { UserError, type RegisteredResource } from "@image-resizer/lib/program";
import { managedPolicy } from "./managed-policies";
import { PolicyStore, type PolicyDocument, type PublicAccessBlock, type RolePolicies } from "./policy-store";

/**
 * Reads the roles, the policies of buckets and queues and the public access blocks out of what the program registered.
 * @throws UserError for a policy that is no JSON object, is attached to nothing declared, or is not known here.
 */
export function declaredPolicies(resources: readonly RegisteredResource[]): PolicyStore {
  const of = (type: string) => ofType(resources, type);
  const declared = new Map(of("aws:iam/policy:Policy").map((policy) => [text(policy.outputs.arn), policy]));
  const byArn = (arn: string, user: RegisteredResource): PolicyDocument => {
    const own = declared.get(arn);
    const document = own ? policyDocument(own.inputs.policy, own) : managedPolicy(arn);
    if (document) return document;
    throw new UserError(`${user.name} attaches ${arn}, a policy that the local stack does not know`);
  };

  const roles = of("aws:iam/role:Role").map((role) => {
    const policies = new Map<string, PolicyDocument>();
    for (const [index, inline] of list(role.inputs.inlinePolicies).entries()) {
      const { name, policy } = inline as { name?: string; policy?: unknown };
      if (policy !== undefined) policies.set(name ?? `inline ${index + 1}`, policyDocument(policy, role));
    }
    for (const arn of list(role.inputs.managedPolicyArns)) policies.set(text(arn), byArn(text(arn), role));
    const boundary = role.inputs.permissionsBoundary;
    return {
      names: [role.outputs.name, role.outputs.arn, role.id],
      arn: text(role.outputs.arn),
      trust: policyDocument(role.inputs.assumeRolePolicy, role),
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
    roleOf(policy).policies.set(policy.name, policyDocument(policy.inputs.policy, policy));
  }
  for (const attachment of of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")) {
    const arn = text(attachment.inputs.policyArn);
    roleOf(attachment).policies.set(arn, byArn(arn, attachment));
  }

  return new PolicyStore(
    new Map(
      roles.map(({ arn, trust, policies, boundary }): [string, RolePolicies] => [
        arn,
        { trust, policies, ...(boundary === undefined ? {} : { boundary }) },
      ]),
    ),
    new Map(
      of("aws:s3/bucketPolicy:BucketPolicy").map((policy) => [
        text(policy.inputs.bucket),
        policyDocument(policy.inputs.policy, policy),
      ]),
    ),
    publicAccessBlocks(resources),
    queuePolicies(resources),
  );
}

function queuePolicies(resources: readonly RegisteredResource[]): Map<string, PolicyDocument> {
  const queues = ofType(resources, "aws:sqs/queue:Queue");
  return new Map(
    ofType(resources, "aws:sqs/queuePolicy:QueuePolicy").map((policy) => {
      const queue = queues.find(({ outputs }) => outputs.url === policy.inputs.queueUrl);
      if (!queue)
        throw new UserError(`${policy.name} is the policy of ${text(policy.inputs.queueUrl)}, no declared queue`);
      return [text(queue.outputs.arn), policyDocument(policy.inputs.policy, policy)];
    }),
  );
}

function publicAccessBlocks(resources: readonly RegisteredResource[]): Map<string, PublicAccessBlock> {
  // The account's block wins over the bucket's.
  const account = resources.find(({ type }) => type === "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock");
  const isOn = (setting: string, inputs: RegisteredResource["inputs"]) =>
    inputs[setting] === true || account?.inputs[setting] === true;
  return new Map(
    resources
      .filter(({ type }) => type === "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")
      .map(({ inputs }) => [
        text(inputs.bucket),
        {
          blockPublicPolicy: isOn("blockPublicPolicy", inputs),
          restrictPublicBuckets: isOn("restrictPublicBuckets", inputs),
        },
      ]),
  );
}

function policyDocument(value: unknown, owner: RegisteredResource): PolicyDocument {
  let document = value;
  try {
    if (typeof value === "string") document = JSON.parse(value);
  } catch {
    document = undefined;
  }
  if (typeof document === "object" && document !== null) return document as PolicyDocument;
  throw new UserError(`the policy of ${owner.name} is no JSON object`);
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
