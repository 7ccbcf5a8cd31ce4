import type { RegisteredResource } from "../program";
import type { PolicyStore } from "./policy-store";
import type { Principal } from "./principal";

/** One question to IAM. */
export interface AccessRequest {
  readonly principal: Principal;
  /** `s3:GetObject` */
  readonly action: string;
  /** The ARN, keys as they are (not percent-encoded): `arn:aws:s3:::bucket/p_1/a b.jpg`. */
  readonly resource: string;
  /** Whether the call came over TLS, as `aws:SecureTransport` says. On the local stack only the website's do not. */
  readonly secureTransport: boolean;
}

/** IAM's answer. */
export interface Decision {
  readonly allowed: boolean;
  /** Short, with the Sid of the deciding statement where it has one: `allowed by ReadOriginals`. */
  readonly reason: string;
}

/** Judges requests by the policies that the program declares. */
export interface Iam {
  /** The policies, which may be changed while the stack runs. */
  readonly policies: PolicyStore;
  decide(request: AccessRequest): Promise<Decision>;
  /** Whether the role's trust policy lets a service, such as `lambda.amazonaws.com`, assume it. */
  assumable(roleArn: string, service: string): Promise<Decision>;
}

/** @throws UserError for a policy that AWS would refuse, or an AWS managed policy that the local stack does not know. */
export declare function createIam(resources: readonly RegisteredResource[], accountId: string): Iam;
