import { AwsError } from "../aws/aws-error";
import type { Decision, Iam } from "../iam/iam";
import type { Principal } from "../iam/principal";
import { decideAndReport } from "../iam/reported-decision";
import type { Trace } from "../trace";

type Context = Readonly<Record<string, string>>;

/** Permissions of one caller within one request. Every decision of IAM is reported. */
export class Access {
  readonly #iam: Iam;
  readonly #trace: Trace;
  readonly #principal: Principal;
  readonly #requestId: string;
  readonly #secureTransport: boolean;

  /** @param secureTransport true for a request that uses TLS on AWS */
  constructor(iam: Iam, trace: Trace, principal: Principal, requestId: string, secureTransport: boolean) {
    this.#iam = iam;
    this.#trace = trace;
    this.#principal = principal;
    this.#requestId = requestId;
    this.#secureTransport = secureTransport;
  }

  /** Returns whether an action on an object, or on the bucket if there is no key, is allowed. */
  async may(action: string, bucket: string, key?: string): Promise<boolean> {
    return (await this.#decide(action, resourceArn(bucket, key))).allowed;
  }

  /** @param context condition keys of the call, such as `s3:if-none-match` @throws AwsError AccessDenied */
  async require(action: string, bucket: string, key?: string, context: Context = {}): Promise<void> {
    const resource = resourceArn(bucket, key);
    const { allowed, reason } = await this.#decide(action, resource, context);
    if (allowed) return;
    if (this.#principal.kind !== "role") throw new AwsError("AccessDenied");
    const message = `User: ${this.#principal.arn} is not authorized to perform: ${action} on resource: "${resource}": ${reason}`;
    throw new AwsError("AccessDenied", {}, message);
  }

  #decide(action: string, resource: string, context: Context = {}): Promise<Decision> {
    const request = { principal: this.#principal, action, resource, secureTransport: this.#secureTransport, context };
    return decideAndReport(this.#iam, this.#trace, this.#requestId, request);
  }
}

function resourceArn(bucket: string, key: string | undefined): string {
  return `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;
}
