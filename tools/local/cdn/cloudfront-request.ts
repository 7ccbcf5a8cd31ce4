import type { IncomingMessage } from "node:http";
import { readBody, splitTarget } from "../http/exchange";
import type { SignedRequest } from "../aws/signature";
import { parseQuery, percentDecode } from "../aws/uri";
import { readTexts } from "../aws/xml";
import { CloudFrontError } from "./cloudfront-error";
import { isInvalidationPath, MAX_PATHS } from "./paths";

/** Paths to invalidate. */
export interface InvalidationBatch {
  readonly callerReference: string;
  readonly paths: readonly string[];
}

/** 3,000 paths of 4,000 characters. */
const MAX_BODY_BYTES = 12_000_000;

/** A request with its body, in the form that its signature covers. */
export async function readCloudFrontRequest(
  message: IncomingMessage,
): Promise<SignedRequest & { readonly body: string }> {
  const [path, query] = splitTarget(message.url ?? "/");
  const body = await readBody(message, MAX_BODY_BYTES);
  return {
    method: message.method ?? "GET",
    path: percentDecode(path),
    query: new Map(parseQuery(query)),
    headers: message.headers,
    body: body.toString("utf8"),
  };
}

/**
 * The id of the distribution whose objects a call of CreateInvalidation is to invalidate.
 * @throws CloudFrontError UnsupportedOperation for any other call: the local stack serves none
 */
export function invalidatedDistribution({ method, path }: Pick<SignedRequest, "method" | "path">): string {
  const [, distributionId] = /^\/2020-05-31\/distribution\/([^/]+)\/invalidation$/.exec(path) ?? [];
  if (distributionId !== undefined && method === "POST") return distributionId;
  throw new CloudFrontError("UnsupportedOperation", `The local stack does not serve ${method} ${path}.`);
}

/**
 * @throws CloudFrontError InconsistentQuantities, InvalidArgument, TooManyInvalidationsInProgress; AwsError MalformedXML
 */
export function invalidationBatch(body: string): InvalidationBatch {
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
    throw new CloudFrontError(
      "TooManyInvalidationsInProgress",
      "Processing your request will cause you to exceed the maximum number of in-progress invalidations.",
    );
  }
  return { callerReference, paths };
}
