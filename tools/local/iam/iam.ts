import { UserError } from "@image-resizer/lib/user-error";
import type { RegisteredResource } from "@image-resizer/lib/program";
import { isPublicPolicy } from "../../../policy/iam/public-policy";
import { declaredPolicies } from "./declared-policies";
import { evaluate, type Decision } from "./evaluate";
import type { PolicyStore } from "./policy-store";
import type { Principal } from "./principal";

export type { Decision } from "./evaluate";

/** One question to IAM. */
export interface AccessRequest {
  readonly principal: Principal;
  /** `s3:GetObject` */
  readonly action: string;
  /** The ARN, keys as they are (not percent-encoded): `arn:aws:s3:::bucket/p_1/a b.jpg`. */
  readonly resource: string;
  /** Value of `aws:SecureTransport`. On the local stack only the website's requests come without TLS. */
  readonly secureTransport: boolean;
  /** Condition keys of the call itself: `s3:if-none-match`. */
  readonly context?: Readonly<Record<string, string>>;
}

/**
 * Returns an IAM for the policies that the program declares.
 * @throws UserError for a policy that IAM would reject, or that the local stack does not know or evaluate.
 */
export function createIam(resources: readonly RegisteredResource[], accountId: string): Iam {
  return new Iam(declaredPolicies(resources), accountId);
}

/** Decides about requests by the policies that the program declares, as AWS's evaluation logic does. */
export class Iam {
  /** The policies, which may be changed while the stack runs. */
  readonly policies: PolicyStore;
  readonly #accountId: string;

  constructor(policies: PolicyStore, accountId: string) {
    this.policies = policies;
    this.#accountId = accountId;
  }

  /** Decides whether a principal may call an action on a resource. An administrator may call everything. */
  decide(request: AccessRequest): Promise<Decision> {
    return Promise.resolve(this.#decide(request));
  }

  #decide({ principal, action, resource, secureTransport, context = {} }: AccessRequest): Decision {
    if (principal.kind === "administrator") return { allowed: true, reason: "allowed to an administrator" };
    const role = principal.kind === "role" ? this.policies.role(principal.arn) : undefined;
    if (principal.kind === "role" && !role) throw new UserError(`there is no role ${principal.arn}`);
    const bucket = /^arn:aws:s3:::([^/]+)/.exec(resource)?.[1];
    const policy = bucket === undefined ? this.policies.queuePolicy(resource) : this.policies.bucketPolicy(bucket);
    const block = bucket === undefined ? undefined : this.policies.publicAccessBlock(bucket);
    const isPublic = block !== undefined && policy !== undefined && isPublicPolicy(policy);
    // S3 rejects such a policy when it is put, so the bucket has none.
    const isRejected = isPublic && block.blockPublicPolicy;
    const decision = evaluate({
      principal,
      action,
      resource,
      accountId: this.#accountId,
      context: this.#contextOf(principal, { ...context, "aws:SecureTransport": String(secureTransport) }),
      identityPolicies: role?.policies ?? new Map(),
      ...(role?.boundary ? { boundary: role.boundary } : {}),
      ...(policy && !isRejected ? { resourcePolicy: policy } : {}),
    });
    if (isRejected && !decision.allowed) {
      return {
        allowed: false,
        reason: "the public access block (blockPublicPolicy) rejects the bucket's public policy",
      };
    }
    if (decision.allowed && isPublic && block.restrictPublicBuckets && principal.kind === "anonymous") {
      return { allowed: false, reason: "denied by the public access block (restrictPublicBuckets)" };
    }
    return decision;
  }

  /** Decides whether the role's trust policy lets a service, such as `lambda.amazonaws.com`, assume it. */
  assumable(roleArn: string, service: string): Promise<Decision> {
    const role = this.policies.role(roleArn);
    if (!role) return Promise.resolve({ allowed: false, reason: `there is no role ${roleArn}` });
    const decision = evaluate({
      principal: { kind: "service", name: service, sourceArn: "" },
      action: "sts:AssumeRole",
      resource: roleArn,
      accountId: this.#accountId,
      context: new Map(),
      identityPolicies: new Map(),
      resourcePolicy: role.trust,
      resourcePolicyKind: "trust",
    });
    return Promise.resolve(decision);
  }

  #contextOf(principal: Principal, call: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
    const account = this.#accountId;
    const keys = {
      ...call,
      "aws:ResourceAccount": account,
      ...(principal.kind === "role" ? { "aws:PrincipalArn": principal.arn, "aws:PrincipalAccount": account } : {}),
      ...(principal.kind === "service" ? { "aws:SourceArn": principal.sourceArn, "aws:SourceAccount": account } : {}),
    };
    return new Map(Object.entries(keys).map(([key, value]) => [key.toLowerCase(), value]));
  }
}
