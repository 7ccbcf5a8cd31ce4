import { AwsError } from "../aws/aws-error";
import type { Decision, Iam } from "../iam/iam";
import type { Principal } from "../iam/principal";
import { decideAndReport } from "../iam/reported-decision";
import type { Trace } from "../trace";

type Context = Readonly<Record<string, string>>;

interface Caller {
  readonly principal: Principal;
  /** Id of the viewer's request. */
  readonly requestId: string;
  /** True for a request that uses TLS on AWS. */
  readonly secureTransport: boolean;
}

/** Permissions of one caller within one request. Every decision of IAM is reported. */
export class Access {
  readonly #services: { readonly iam: Iam; readonly trace: Trace };
  readonly #caller: Caller;

  constructor(services: { readonly iam: Iam; readonly trace: Trace }, caller: Caller) {
    this.#services = services;
    this.#caller = caller;
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
    const { principal } = this.#caller;
    if (principal.kind !== "role") throw new AwsError("AccessDenied");
    const message = `User: ${principal.arn} is not authorized to perform: ${action} on resource: "${resource}": ${reason}`;
    throw new AwsError("AccessDenied", {}, message);
  }

  #decide(action: string, resource: string, context: Context = {}): Promise<Decision> {
    const { iam, trace } = this.#services;
    const { principal, requestId, secureTransport } = this.#caller;
    return decideAndReport(iam, trace, requestId, { principal, action, resource, secureTransport, context });
  }
}

function resourceArn(bucket: string, key: string | undefined): string {
  return `arn:aws:s3:::${bucket}${key === undefined ? "" : `/${key}`}`;
}
