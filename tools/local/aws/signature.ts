import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Credentials, Identity } from "./credentials";
import { AwsError } from "./aws-error";
import type { S3Request } from "../s3/s3-request";
import { awsEncode, awsEncodePath } from "./uri";

const ALGORITHM = "AWS4-HMAC-SHA256";
const MAX_SKEW_MS = 15 * 60 * 1000;
const MAX_EXPIRY_SECONDS = 7 * 24 * 60 * 60;

/** What of a request its signature covers. */
export interface SignedRequest extends Pick<
  S3Request,
  "method" | "path" | "parameters" | "query" | "header" | "headers"
> {
  /** The SHA-256 of the body; by default what the request says it is, to be checked as the body arrives. */
  readonly bodyHash?: string;
}

/** What a request says of its signature. */
interface Claim {
  readonly accessKeyId: string;
  /** `20260131/us-east-1/s3/aws4_request` */
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20260131T235959Z` */
  readonly date: string;
  readonly payloadHash: string;
  readonly token: string | undefined;
  /** Seconds that a presigned URL holds; `undefined` for a signed header. */
  readonly expires?: number;
}

/**
 * Who signed a request by AWS Signature Version 4, in the header or as a presigned URL; `undefined` for nobody.
 * (S3 API, Authenticating Requests)
 * @param service what the signature must be for: `s3`, `cloudfront`
 * @throws AwsError for an unknown key, a wrong or expired signature, or one that is not understood.
 */
export function authenticate(
  request: SignedRequest,
  credentials: Pick<Credentials, "find">,
  service: string,
): Identity | undefined {
  const header = request.header("authorization");
  const claim =
    header !== undefined
      ? headerClaim(request, header, service)
      : request.query.has("X-Amz-Algorithm")
        ? queryClaim(request, service)
        : undefined;
  if (!claim) return undefined;

  const identity = credentials.find(claim.accessKeyId);
  const hasToken = claim.token !== undefined;
  if (!identity || (identity.key.sessionToken !== undefined && !hasToken)) {
    throw new AwsError("InvalidAccessKeyId", { AWSAccessKeyId: claim.accessKeyId });
  }
  if (hasToken && claim.token !== identity.key.sessionToken) throw new AwsError("InvalidToken");
  checkTime(claim);
  const unsigned = Object.keys(request.headers).filter(
    (name) => (name === "host" || name.startsWith("x-amz-")) && !claim.signedHeaders.includes(name),
  );
  if (unsigned.length > 0) {
    const message = "There were headers present in the request which were not signed";
    throw new AwsError("AccessDenied", { HeadersNotSigned: unsigned.join(", ") }, message);
  }

  const text = stringToSign(request, claim);
  const expected = sign(text, identity.key.secretAccessKey, claim.scope);
  const provided = Buffer.from(claim.signature, "hex");
  if (provided.length !== expected.length || !timingSafeEqual(provided, expected)) {
    throw new AwsError("SignatureDoesNotMatch", { AWSAccessKeyId: claim.accessKeyId, StringToSign: text });
  }
  return identity;
}

function headerClaim(request: SignedRequest, header: string, service: string): Claim {
  if (!header.startsWith(`${ALGORITHM} `)) {
    const message = `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`;
    throw new AwsError("InvalidRequest", {}, message);
  }
  const field = (name: string) => new RegExp(`[ ,]${name}=([^, ]+)`).exec(header)?.[1];
  const [credential, signedHeaders, signature] = [field("Credential"), field("SignedHeaders"), field("Signature")];
  const date = request.header("x-amz-date");
  if (!credential || !signedHeaders || !signature || !date) throw new AwsError("AuthorizationHeaderMalformed");
  return {
    ...splitCredential(credential, service),
    signedHeaders: signedHeaders.split(";"),
    signature,
    date,
    payloadHash: request.bodyHash ?? request.header("x-amz-content-sha256") ?? "",
    token: request.header("x-amz-security-token"),
  };
}

function queryClaim({ query }: SignedRequest, service: string): Claim {
  const parameter = (name: string) => {
    const value = query.get(name);
    if (!value) throw new AwsError("AuthorizationQueryParametersError", {}, `${name} is required.`);
    return value;
  };
  const expires = Number(parameter("X-Amz-Expires"));
  if (parameter("X-Amz-Algorithm") !== ALGORITHM || !(expires >= 1 && expires <= MAX_EXPIRY_SECONDS)) {
    throw new AwsError("AuthorizationQueryParametersError");
  }
  return {
    ...splitCredential(parameter("X-Amz-Credential"), service),
    signedHeaders: parameter("X-Amz-SignedHeaders").split(";"),
    signature: parameter("X-Amz-Signature"),
    date: parameter("X-Amz-Date"),
    payloadHash: query.get("X-Amz-Content-Sha256") ?? "UNSIGNED-PAYLOAD",
    token: query.get("X-Amz-Security-Token"),
    expires,
  };
}

function splitCredential(credential: string, service: string): Pick<Claim, "accessKeyId" | "scope"> {
  const [accessKeyId = "", ...scope] = credential.split("/");
  if (scope.length !== 4 || scope[2] !== service) throw new AwsError("AuthorizationHeaderMalformed");
  return { accessKeyId, scope: scope.join("/") };
}

function checkTime({ date, expires, scope }: Claim): void {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  if (parts.length === 0 || !scope.startsWith(`${date.slice(0, 8)}/`))
    throw new AwsError("AuthorizationHeaderMalformed");
  const age = Date.now() - Date.UTC(year, month - 1, day, hour, minute, second);
  if (age < -MAX_SKEW_MS || (expires === undefined && age > MAX_SKEW_MS)) throw new AwsError("RequestTimeTooSkewed");
  if (expires !== undefined && age > expires * 1000) throw new AwsError("AccessDenied", {}, "Request has expired");
}

function stringToSign(request: SignedRequest, claim: Claim): string {
  const canonical = [
    request.method,
    awsEncodePath(request.path),
    request.parameters
      .filter(([name]) => name !== "X-Amz-Signature")
      .map(([name, value]) => `${awsEncode(name)}=${awsEncode(value)}`)
      .sort()
      .join("&"),
    ...claim.signedHeaders.map((name) => `${name}:${(request.header(name) ?? "").trim().replace(/ +/g, " ")}`),
    "",
    claim.signedHeaders.join(";"),
    claim.payloadHash,
  ].join("\n");
  return [ALGORITHM, claim.date, claim.scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
}

function sign(text: string, secret: string, scope: string): Buffer {
  const key = scope
    .split("/")
    .reduce<string | Buffer>((previous, part) => createHmac("sha256", previous).update(part).digest(), `AWS4${secret}`);
  return createHmac("sha256", key).update(text).digest();
}
