import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { asked, requestIdOf } from "../http/exchange";
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
import { invalidationMatcher } from "./invalidation-paths";

export interface CloudFrontApiOptions {
  readonly distribution: Pick<Distribution, "arn">;
  readonly cdn: Pick<Cdn, "invalidate">;
  readonly iam: Iam;
  readonly credentials: Pick<Credentials, "find">;
  readonly trace: Trace;
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  readonly error?: string;
}

/** What is learnt of a request on the way, for its trace. */
interface Progress {
  requestId: string;
  entry: boolean;
  what: string;
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
  readonly handle = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { trace } = this.#options;
    const startedAt = Date.now();
    const start = performance.now();
    const amzRequestId = randomUUID();
    const progress: Progress = {
      ...requestIdOf(message, trace),
      what: `${message.method ?? ""} ${message.url ?? ""}`,
    };
    const { status, headers, body, error } = await this.#answer(message, progress).catch((failure: unknown) =>
      errorReply(failure, amzRequestId),
    );
    // Before the answer: whoever has it finds the call in the trace.
    trace.report({
      ...progress,
      part: "cloudfront",
      status,
      startedAt,
      ms: performance.now() - start,
      bytes: Buffer.byteLength(body),
      ...asked(message),
      ...(error === undefined ? {} : { detail: error }),
    });
    response.writeHead(status, { "content-type": "text/xml", "x-amzn-requestid": amzRequestId, ...headers });
    response.end(body);
  };

  async #answer(message: IncomingMessage, progress: Progress): Promise<Reply> {
    const request = await readCloudFrontRequest(message);
    const identity = authenticate(request, this.#options.credentials, "cloudfront");
    if (identity?.requestId !== undefined) {
      progress.requestId = identity.requestId;
      progress.entry = false;
    }
    if (!identity) throw new CloudFrontError("MissingAuthenticationToken", "Missing Authentication Token");
    const distributionId = invalidatedDistribution(request);
    progress.what = OPERATION;
    await this.#require(distributionId, identity, progress.requestId);
    const batch = invalidationBatch(request.body);
    progress.what = `${OPERATION} ${batch.paths.join(" ")}`;
    return this.#invalidate(batch, message);
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

  #invalidate(batch: InvalidationBatch, { headers, url = "" }: IncomingMessage): Reply {
    this.#options.cdn.invalidate(invalidationMatcher(batch.paths));
    const id = `I${randomBytes(7).toString("hex").toUpperCase()}`;
    return {
      status: 201,
      headers: { location: `http://${headers.host ?? ""}${url}/${id}` },
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
  return { status, body: xmlDocument("ErrorResponse", { ...content, RequestId: requestId }, NAMESPACE), error: code };
}
