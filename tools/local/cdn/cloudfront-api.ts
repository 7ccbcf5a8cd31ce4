import { randomBytes, randomUUID } from "node:crypto";
import type { PartRequest, Reply } from "../http/serve-part";
import type { Iam } from "../iam/iam";
import { ANONYMOUS } from "../iam/principal";
import { decideAndReport } from "../iam/reported-decision";
import type { Credentials, Identity } from "../aws/credentials";
import { authenticate } from "../aws/signature";
import { xmlDocument, type XmlElements } from "../aws/xml";
import type { Trace } from "../trace";
import type { Cdn } from "./cdn";
import { asCloudFrontError, CloudFrontError } from "./cloudfront-error";
import {
  type InvalidationBatch,
  invalidationBatch,
  invalidatedDistribution,
  readCloudFrontRequest,
} from "./cloudfront-request";
import type { Distribution } from "./distribution";
import { invalidationMatcher } from "./paths";

export interface CloudFrontApiOptions {
  readonly distribution: Pick<Distribution, "arn">;
  readonly cdn: Pick<Cdn, "invalidate">;
  readonly iam: Iam;
  readonly credentials: Pick<Credentials, "find">;
  readonly trace: Trace;
}

/** The one call that is served. */
const OPERATION = "CreateInvalidation";
const NAMESPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/** CloudFront's API as far as it invalidates: signed calls, judged by IAM, that drop what the local CDN has cached. */
export class CloudFrontApi {
  readonly #options: CloudFrontApiOptions;

  constructor(options: CloudFrontApiOptions) {
    this.#options = options;
  }

  /** Serves one request. */
  readonly handle = async (call: PartRequest): Promise<Reply> => {
    const amzRequestId = randomUUID();
    const reply = await this.#answer(call).catch((error: unknown) => errorReply(error, amzRequestId));
    const headers = { "content-type": "text/xml", "x-amzn-requestid": amzRequestId, ...reply.headers };
    return { ...reply, headers };
  };

  async #answer(call: PartRequest): Promise<Reply> {
    const request = await readCloudFrontRequest(call.message);
    const identity = await authenticate(request, this.#options.credentials, "cloudfront");
    if (identity?.requestId !== undefined) {
      call.requestId = identity.requestId;
      call.entry = false;
    }
    if (!identity) throw new CloudFrontError("MissingAuthenticationToken", "Missing Authentication Token");
    const distributionId = invalidatedDistribution(request);
    call.what = OPERATION;
    await this.#require(distributionId, identity, call.requestId);
    const batch = invalidationBatch(request.body);
    call.what = `${OPERATION} ${batch.paths.join(" ")}`;
    return this.#invalidate(batch, call);
  }

  /** IAM is asked first: who may not call hears nothing of what there is. */
  async #require(distributionId: string, { principal }: Identity, requestId: string): Promise<void> {
    const { distribution, iam, trace } = this.#options;
    const action = `cloudfront:${OPERATION}`;
    const resource = distribution.arn.replace(/[^/]+$/, distributionId);
    const request = { principal, action, resource, secureTransport: true };
    const { allowed, reason } = await decideAndReport(iam, trace, requestId, request);
    if (!allowed) {
      const who = principal.kind === "role" ? principal.arn : ANONYMOUS.kind;
      const message = `User: ${who} is not authorized to perform: ${action} on resource: ${resource}: ${reason}`;
      throw new CloudFrontError("AccessDenied", message);
    }
    if (resource !== distribution.arn) {
      throw new CloudFrontError("NoSuchDistribution", "The specified distribution does not exist.");
    }
  }

  #invalidate(batch: InvalidationBatch, { message: { headers }, target }: PartRequest): Reply {
    this.#options.cdn.invalidate(invalidationMatcher(batch.paths));
    const id = `I${randomBytes(7).toString("hex").toUpperCase()}`;
    return {
      status: 201,
      headers: { location: `http://${headers.host ?? ""}${target}/${id}` },
      body: invalidationDocument(batch, id),
    };
  }
}

function invalidationDocument({ callerReference, paths }: InvalidationBatch, id: string): string {
  const content: XmlElements = {
    Id: id,
    Status: "InProgress",
    CreateTime: new Date().toISOString(),
    InvalidationBatch: {
      Paths: { Quantity: paths.length, Items: { Path: paths } },
      CallerReference: callerReference,
    },
  };
  return xmlDocument("Invalidation", content, NAMESPACE);
}

function errorReply(failure: unknown, requestId: string): Reply {
  const { status, code, message } = asCloudFrontError(failure);
  const content = { Error: { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message } };
  const body = xmlDocument("ErrorResponse", { ...content, RequestId: requestId }, NAMESPACE);
  return { status, headers: {}, body, detail: code };
}
