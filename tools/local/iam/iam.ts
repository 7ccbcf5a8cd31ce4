import { UserError, type RegisteredResource } from "@image-resizer/lib/program";
import { DecisionCache } from "./decision-cache";
import { declaredPolicies } from "./declared-policies";
import type { PolicyStore } from "./policy-store";
import type { Principal } from "./principal";
import { isPublic } from "./public-policy";
import { simulate, type Decision, type Question } from "./simulation";

export type { Decision } from "./simulation";

/** One question to IAM. */
export interface AccessRequest {
  readonly principal: Principal;
  /** `s3:GetObject` */
  readonly action: string;
  /** The ARN, keys as they are (not percent-encoded): `arn:aws:s3:::bucket/p_1/a b.jpg`. */
  readonly resource: string;
  /** Whether the call came over TLS, as `aws:SecureTransport` says. On the local stack only the website's do not. */
  readonly secureTransport: boolean;
  /** Condition keys of the call itself: `s3:if-none-match`. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Judges requests by the policies that the program declares.
 * @throws UserError for a policy that AWS would refuse, or a managed policy that the local stack does not know.
 */
export async function createIam(resources: readonly RegisteredResource[], accountId: string): Promise<Iam> {
  const iam = new Iam(declaredPolicies(resources), accountId);
  // A malformed policy fails the first decision that reads it: have that now, not at somebody's request.
  for (const arn of iam.policies.roleArns) await iam.assumable(arn, "lambda.amazonaws.com");
  const probe = { action: "s3:GetObject", resource: "arn:aws:s3:::probe/probe", secureTransport: true };
  for (const arn of iam.policies.roleArns) await iam.decide({ ...probe, principal: { kind: "role", arn } });
  for (const { type, inputs } of resources) {
    if (type !== "aws:s3/bucketPolicy:BucketPolicy" || typeof inputs.bucket !== "string") continue;
    await iam.decide({ ...probe, principal: { kind: "anonymous" }, resource: `arn:aws:s3:::${inputs.bucket}/probe` });
  }
  for (const resource of iam.policies.queueArns) {
    await iam.decide({ ...probe, action: "sqs:SendMessage", resource, principal: { kind: "anonymous" } });
  }
  return iam;
}

/** Judges requests by the policies that the program declares, as AWS's evaluation logic does. */
export class Iam {
  /** The policies, which may be changed while the stack runs. */
  readonly policies: PolicyStore;
  readonly #accountId: string;
  readonly #cache = new DecisionCache<Decision>();

  constructor(policies: PolicyStore, accountId: string) {
    this.policies = policies;
    this.#accountId = accountId;
  }

  /**
   * Whether a principal may take an action on a resource. An administrator may do everything.
   * @throws UserError if a policy in force is malformed.
   */
  async decide(request: AccessRequest): Promise<Decision> {
    if (request.principal.kind === "administrator") return { allowed: true, reason: "allowed to an administrator" };
    const who = JSON.stringify(request.principal);
    const call = `${String(request.secureTransport)}\n${JSON.stringify(request.context ?? {})}`;
    const key = `${who}\n${request.action}\n${call}\n${request.resource}`;
    return this.#cache.get(key, this.policies.version, () => this.#judge(request));
  }

  /** Whether the role's trust policy lets a service, such as `lambda.amazonaws.com`, assume it. */
  async assumable(roleArn: string, service: string): Promise<Decision> {
    const role = this.policies.role(roleArn);
    if (!role) return { allowed: false, reason: `there is no role ${roleArn}` };
    return simulate({
      principal: service,
      action: "sts:AssumeRole",
      resource: roleArn,
      accountId: this.#accountId,
      context: {},
      identityPolicies: new Map(),
      resourcePolicy: role.trust,
      restrictPublicBuckets: false,
    });
  }

  #judge({ principal, action, resource, secureTransport, context = {} }: AccessRequest): Promise<Decision> {
    const role = principal.kind === "role" ? this.policies.role(principal.arn) : undefined;
    if (principal.kind === "role" && !role) throw new UserError(`there is no role ${principal.arn}`);
    const bucket = /^arn:aws:s3:::([^/]+)/.exec(resource)?.[1];
    const block = bucket === undefined ? undefined : this.policies.publicAccessBlock(bucket);
    const resourcePolicy =
      bucket === undefined ? this.policies.queuePolicy(resource) : this.policies.bucketPolicy(bucket);
    // S3 would have refused to put such a policy, so the bucket has none.
    const isRefused = block?.blockPublicPolicy === true && resourcePolicy !== undefined && isPublic(resourcePolicy);
    const question: Question = {
      principal: nameOf(principal),
      action,
      resource,
      accountId: this.#accountId,
      context: {
        ...context,
        "aws:SecureTransport": String(secureTransport),
        "aws:ResourceAccount": this.#accountId,
        ...(principal.kind === "role"
          ? { "aws:PrincipalArn": principal.arn, "aws:PrincipalAccount": this.#accountId }
          : {}),
        ...(principal.kind === "service"
          ? { "aws:SourceArn": principal.sourceArn, "aws:SourceAccount": this.#accountId }
          : {}),
      },
      identityPolicies: role?.policies ?? new Map(),
      ...(role?.boundary ? { boundary: role.boundary } : {}),
      ...(resourcePolicy && !isRefused ? { resourcePolicy } : {}),
      restrictPublicBuckets: block?.restrictPublicBuckets === true,
    };
    return isRefused ? simulate(question).then(withoutPolicy) : simulate(question);
  }
}

function withoutPolicy(decision: Decision): Decision {
  if (decision.allowed) return decision;
  return { allowed: false, reason: "the public access block (blockPublicPolicy) refuses the bucket's public policy" };
}

/** Who asks, as a policy names it; undefined for nobody in particular. */
function nameOf(principal: Principal): string | undefined {
  if (principal.kind === "role") return sessionArn(principal.arn);
  return principal.kind === "service" ? principal.name : undefined;
}

/** `arn:aws:iam::1:role/path/resizer` → `arn:aws:sts::1:assumed-role/resizer/local`: who a function is to S3. */
function sessionArn(roleArn: string): string {
  return roleArn.replace(/^arn:aws:iam::(\d*):role\/(?:.*\/)?([^/]+)$/, "arn:aws:sts::$1:assumed-role/$2/local");
}
