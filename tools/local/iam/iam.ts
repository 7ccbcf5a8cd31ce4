import { UserError } from "@image-resizer/lib/program";
import { isPublicPolicy } from "../../../policy/iam/public-policy";
import type { Trace } from "../trace";
import { type Decision, evaluate } from "./evaluate";
import type { Policies } from "./policies";

/**
 * Principal of a request: an administrator of the account, a role that the program declares, a service of AWS on behalf of
 * a resource, or anonymous.
 */
export type Principal =
  | { readonly kind: "administrator" }
  | { readonly kind: "role"; readonly arn: string }
  | { readonly kind: "service"; readonly name: string; readonly sourceArn: string }
  | { readonly kind: "anonymous" };

/** May do everything: the person at the laptop. */
export const ADMINISTRATOR: Principal = { kind: "administrator" };

/** A request without credentials. */
export const ANONYMOUS: Principal = { kind: "anonymous" };

/** A declared role, by its ARN. */
export function rolePrincipal(arn: string): Principal {
  return { kind: "role", arn };
}

/** One question to IAM. */
export interface AccessRequest {
  readonly principal: Principal;
  /** `s3:GetObject` */
  readonly action: string;
  /** The ARN, keys as they are (not percent-encoded): `arn:aws:s3:::bucket/p_1/a b.jpg`. */
  readonly resource: string;
  /** Value of `aws:SecureTransport`: on the local stack only the website's requests come without TLS. Default: true. */
  readonly secureTransport?: boolean;
  /** Condition keys of the call itself: `s3:if-none-match`. */
  readonly context?: Readonly<Record<string, string>>;
}

/** Decides about requests by the policies that the program declares, as AWS's evaluation logic does. */
export class Iam {
  /** The policies, which may be changed while the stack runs. */
  readonly policies: Policies;
  readonly #accountId: string;
  readonly #trace: Trace;

  constructor(policies: Policies, accountId: string, trace: Trace) {
    this.policies = policies;
    this.#accountId = accountId;
    this.#trace = trace;
  }

  /**
   * Decides about a request, and reports the decision as a hop of the client's request.
   * @returns the decision, and AWS's message for a denial
   */
  authorize(requestId: string, request: AccessRequest): Decision & { readonly message: string } {
    const { principal, action, resource } = request;
    const report = this.#trace.start("iam", requestId);
    const { allowed, reason } = this.decide(request);
    report({ what: `${action} ${allowed ? "allowed" : "denied"}`, status: allowed ? 200 : 403, detail: reason });
    const who = principal.kind === "role" ? principal.arn : principal.kind;
    const message = `User: ${who} is not authorized to perform: ${action} on resource: "${resource}": ${reason}`;
    return { allowed, reason, message };
  }

  /** Decides whether a principal may call an action on a resource. An administrator may call everything. */
  decide({ principal, action, resource, secureTransport = true, context = {} }: AccessRequest): Decision {
    if (principal.kind === "administrator") return { allowed: true, reason: "allowed to an administrator" };
    const { roles, buckets, queues, publicAccessBlocks } = this.policies;
    const role = principal.kind === "role" ? roles.get(principal.arn) : undefined;
    if (principal.kind === "role" && !role) throw new UserError(`there is no role ${principal.arn}`);
    const bucket = /^arn:aws:s3:::([^/]+)/.exec(resource)?.[1];
    const policy = bucket === undefined ? queues.get(resource) : buckets.get(bucket);
    const isPublic = bucket !== undefined && policy !== undefined && isPublicPolicy(policy);
    // A bucket without a block of its own has everything blocked: S3's default for new buckets.
    const block = publicAccessBlocks.get(bucket ?? "") ?? { blockPublicPolicy: true, restrictPublicBuckets: true };
    // S3 rejects such a policy when it is put, so the bucket has none.
    const isRejected = isPublic && block.blockPublicPolicy;
    const decision = evaluate({
      principal,
      action,
      resource,
      accountId: this.#accountId,
      context: this.#contextOf(principal, { ...context, "aws:SecureTransport": String(secureTransport) }),
      identityPolicies: role?.policies ?? new Map(),
      resourcePolicy: isRejected ? undefined : policy,
    });
    if (isRejected && !decision.allowed) {
      const reason = "the public access block (blockPublicPolicy) rejects the bucket's public policy";
      return { allowed: false, reason };
    }
    if (decision.allowed && isPublic && block.restrictPublicBuckets && principal.kind === "anonymous") {
      return { allowed: false, reason: "denied by the public access block (restrictPublicBuckets)" };
    }
    return decision;
  }

  /** Decides whether the role's trust policy lets a service, such as `lambda.amazonaws.com`, assume it. */
  assumable(roleArn: string, service: string): Decision {
    const role = this.policies.roles.get(roleArn);
    if (!role) return { allowed: false, reason: `there is no role ${roleArn}` };
    return evaluate({
      principal: { kind: "service", name: service, sourceArn: "" },
      action: "sts:AssumeRole",
      resource: roleArn,
      accountId: this.#accountId,
      context: new Map(),
      identityPolicies: new Map(),
      resourcePolicy: role.trust,
      resourcePolicyKind: "trust",
    });
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
