import { randomBytes, randomUUID } from "node:crypto";
import { AwsError } from "../aws/aws-error";
import type { Credentials } from "../aws/credentials";
import { authenticate, parseQuery, percentDecode } from "../aws/signature";
import { readTexts, xmlDocument } from "../aws/xml";
import { readBody, splitTarget } from "../http/exchange";
import type { PartRequest, Reply } from "../http/server";
import type { Iam } from "../iam/iam";
import type { Cdn } from "./cdn";
import { type Distribution, normalizePath } from "./distribution";

interface CloudFrontApiOptions {
  readonly distribution: Pick<Distribution, "arn">;
  readonly cdn: Pick<Cdn, "invalidate">;
  readonly iam: Iam;
  readonly credentials: Pick<Credentials, "find">;
}

/** The one call that is served. */
const OPERATION = "CreateInvalidation";
const NAMESPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/";
/** Longest path of an invalidation, and most paths of one. (CloudFront guide, quotas) */
const MAX_PATH_CHARACTERS = 4000;
const MAX_PATHS = 3000;

/** CloudFront's error codes that are sent here, with their status. (CloudFront API reference, CreateInvalidation) */
const STATUSES = {
  AccessDenied: 403,
  InconsistentQuantities: 400,
  InternalError: 500,
  InvalidArgument: 400,
  InvalidClientTokenId: 403,
  MalformedXML: 400,
  MissingAuthenticationToken: 403,
  NoSuchDistribution: 404,
  SignatureDoesNotMatch: 403,
  TooManyInvalidationsInProgress: 400,
  UnsupportedOperation: 400,
};

/** An error response of CloudFront's API. */
class CloudFrontError extends Error {
  constructor(
    readonly code: keyof typeof STATUSES,
    message: string,
  ) {
    super(message);
  }
}

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
    return { ...reply, headers: { "content-type": "text/xml", "x-amzn-requestid": amzRequestId, ...reply.headers } };
  };

  async #answer(call: PartRequest): Promise<Reply> {
    const { method, target, message } = call;
    const [rawPath, query] = splitTarget(target);
    const path = percentDecode(rawPath);
    const body = (await readBody(message, MAX_PATHS * MAX_PATH_CHARACTERS)).toString();
    const request = { method, path, query: new Map(parseQuery(query)), headers: message.headers, body };
    const identity = await authenticate(request, this.#options.credentials, "cloudfront");
    if (!identity) throw new CloudFrontError("MissingAuthenticationToken", "Missing Authentication Token");
    if (identity.requestId !== undefined) {
      call.requestId = identity.requestId;
      call.entry = false;
    }
    const [, distributionId] = /^\/2020-05-31\/distribution\/([^/]+)\/invalidation$/.exec(path) ?? [];
    if (distributionId === undefined || method !== "POST") {
      throw new CloudFrontError("UnsupportedOperation", `The local stack does not serve ${method} ${path}.`);
    }
    call.what = OPERATION;
    const { distribution, iam, cdn } = this.#options;
    const resource = distribution.arn.replace(/[^/]+$/, distributionId);
    // IAM is asked first: who may not call hears nothing of what there is.
    const { allowed, message: denial } = iam.authorize(call.requestId, {
      principal: identity.principal,
      action: `cloudfront:${OPERATION}`,
      resource,
    });
    if (!allowed) throw new CloudFrontError("AccessDenied", denial);
    if (resource !== distribution.arn) {
      throw new CloudFrontError("NoSuchDistribution", "The specified distribution does not exist.");
    }
    const { callerReference, paths } = invalidationBatch(body);
    call.what = `${OPERATION} ${paths.join(" ")}`;
    cdn.invalidate(invalidationMatcher(paths));
    const id = `I${randomBytes(7).toString("hex").toUpperCase()}`;
    const content = {
      Id: id,
      Status: "InProgress",
      CreateTime: new Date().toISOString(),
      InvalidationBatch: {
        Paths: { Quantity: paths.length, Items: { Path: paths } },
        CallerReference: callerReference,
      },
    };
    return {
      status: 201,
      headers: { location: `http://${message.headers.host ?? ""}${target}/${id}` },
      body: xmlDocument("Invalidation", content, NAMESPACE),
    };
  }
}

/**
 * @throws CloudFrontError InconsistentQuantities, InvalidArgument, TooManyInvalidationsInProgress; AwsError MalformedXML
 */
function invalidationBatch(body: string): { readonly callerReference: string; readonly paths: readonly string[] } {
  const texts = (name: string) => readTexts(body, "InvalidationBatch", name);
  const [callerReference] = texts("CallerReference");
  const [quantity] = texts("Quantity");
  const paths = texts("Path");
  if (callerReference === undefined || quantity === undefined) {
    throw new CloudFrontError("MalformedXML", "An invalidation batch has a caller reference and paths.");
  }
  if (Number(quantity) !== paths.length) {
    throw new CloudFrontError("InconsistentQuantities", "The value of Quantity and the size of Items don't match.");
  }
  if (paths.length === 0 || !paths.every(isInvalidationPath)) {
    throw new CloudFrontError("InvalidArgument", "Your request contains one or more invalid invalidation paths.");
  }
  if (paths.length > MAX_PATHS) {
    const message = "Processing your request will cause you to exceed the maximum number of in-progress invalidations.";
    throw new CloudFrontError("TooManyInvalidationsInProgress", message);
  }
  return { callerReference, paths };
}

/**
 * Tests an invalidation path: it begins with a slash, has at most 4,000 characters, and blanks, control characters, all
 * that is not ASCII, and < > " { } | \ ^ ` are percent-encoded in it. CloudFront requires that of all characters that RFC
 * 1738 calls unsafe (CloudFront guide, "What you need to know when invalidating files"), of # % [ ] ~ too, which pass here.
 */
export function isInvalidationPath(path: string): boolean {
  return path.length <= MAX_PATH_CHARACTERS && /^\/[\x21-\x7e]*$/.test(path) && !/[<>"{}|\\^`]/.test(path);
}

/**
 * Returns a test for the targets (path and query string) that an invalidation means. A path is compared whole, its case
 * and query string too; `*` stands for any text at its end, and only there. Escapes that no path needs are undone on both
 * sides, as CloudFront does.
 */
export function invalidationMatcher(paths: readonly string[]): (target: string) => boolean {
  const exact = new Set(paths.filter((path) => !path.endsWith("*")).map(comparable));
  const prefixes = paths.filter((path) => path.endsWith("*")).map((path) => comparable(path.slice(0, -1)));
  return (target) => {
    const compared = comparable(target);
    return exact.has(compared) || prefixes.some((prefix) => compared.startsWith(prefix));
  };
}

function comparable(target: string): string {
  const [path] = splitTarget(target);
  return normalizePath(path) + target.slice(path.length);
}

function errorReply(failure: unknown, requestId: string): Reply {
  const { code, message } = asCloudFrontError(failure);
  const status = STATUSES[code];
  const content = { Error: { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message } };
  const body = xmlDocument("ErrorResponse", { ...content, RequestId: requestId }, NAMESPACE);
  return { status, headers: {}, body, detail: code };
}

/** Returns CloudFront's form of an error from a part that it shares with S3. */
function asCloudFrontError(error: unknown): CloudFrontError {
  if (error instanceof CloudFrontError) return error;
  if (!(error instanceof AwsError)) return new CloudFrontError("InternalError", String(error));
  if (error.code === "MalformedXML") return new CloudFrontError("MalformedXML", error.message);
  if (error.code === "InvalidAccessKeyId" || error.code === "InvalidToken") {
    return new CloudFrontError("InvalidClientTokenId", "The security token included in the request is invalid.");
  }
  return new CloudFrontError("SignatureDoesNotMatch", error.message);
}
