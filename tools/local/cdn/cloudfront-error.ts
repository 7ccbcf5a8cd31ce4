import { AwsError } from "../aws/aws-error";

/** CloudFront's error codes that are answered here, with their status. (CloudFront API reference, CreateInvalidation) */
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
} as const satisfies Record<string, number>;

/** An answer that CloudFront's API gives as an error. */
export class CloudFrontError extends Error {
  readonly code: keyof typeof STATUSES;
  readonly status: number;

  constructor(code: keyof typeof STATUSES, message: string) {
    super(message);
    this.code = code;
    this.status = STATUSES[code];
  }
}

/** CloudFront's form of an error from a part that it shares with S3. */
export function asCloudFrontError(error: unknown): CloudFrontError {
  if (error instanceof CloudFrontError) return error;
  if (!(error instanceof AwsError)) return new CloudFrontError("InternalError", String(error));
  if (error.code === "MalformedXML") return new CloudFrontError("MalformedXML", error.message);
  if (error.code === "InvalidAccessKeyId" || error.code === "InvalidToken") {
    return new CloudFrontError("InvalidClientTokenId", "The security token included in the request is invalid.");
  }
  return new CloudFrontError("SignatureDoesNotMatch", error.message);
}
