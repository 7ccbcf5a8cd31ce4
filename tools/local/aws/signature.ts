import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { Hash } from "@smithy/core/serde";
import { ALGORITHM_IDENTIFIER, MAX_PRESIGNED_TTL, SignatureV4 } from "@smithy/signature-v4";
import { AwsError } from "./aws-error";
import type { AccessKey, Credentials, Identity } from "./credentials";

const MAX_SKEW_MS = 15 * 60 * 1000;

/** Part of a request that its signature covers. */
interface SignedRequest {
  readonly method: string;
  /** Decoded. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: IncomingHttpHeaders;
  /** Without a body the hash in `x-amz-content-sha256` counts, to be checked when the body arrives. */
  readonly body?: string;
}

type Claim = ReturnType<typeof claimOf>;

/**
 * Returns the owner of the key that signed a request by AWS Signature Version 4, in the header or as a presigned URL;
 * `undefined` for a request without a signature. (S3 API, Authenticating Requests)
 * @param service service that the signature must be for: `s3`, `cloudfront`
 * @throws AwsError for an unknown key, a wrong or expired signature, or a malformed one
 */
export async function authenticate(
  request: SignedRequest,
  credentials: Pick<Credentials, "find">,
  service: string,
): Promise<Identity | undefined> {
  const { headers, query } = request;
  const isSigned = headers.authorization !== undefined || query.has("X-Amz-Algorithm") || query.has("AWSAccessKeyId");
  if (!isSigned) return undefined;
  const claim = claimOf(request);
  const [accessKeyId = "", day = "", region = "", signedService, end] = claim.credential.split("/");
  if (signedService !== service || end !== "aws4_request") throw new AwsError("AuthorizationHeaderMalformed");

  const identity = credentials.find(accessKeyId);
  if (!identity || (identity.key.sessionToken !== undefined && claim.token === undefined)) {
    throw new AwsError("InvalidAccessKeyId", { AWSAccessKeyId: accessKeyId });
  }
  if (claim.token !== undefined && claim.token !== identity.key.sessionToken) throw new AwsError("InvalidToken");
  const signingDate = validateTime(claim, day);
  const unsigned = Object.keys(headers).filter(
    (name) => (name === "host" || name.startsWith("x-amz-")) && !claim.signedHeaders.includes(name),
  );
  if (unsigned.length > 0) {
    const message = "There were headers present in the request which were not signed";
    throw new AwsError("AccessDenied", { HeadersNotSigned: unsigned.join(", ") }, message);
  }

  const expected = Buffer.from(await sign(request, claim, identity.key, { signingDate, region, service }));
  const actual = Buffer.from(claim.signature);
  if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) {
    throw new AwsError("SignatureDoesNotMatch", { AWSAccessKeyId: accessKeyId });
  }
  return identity;
}

/** Reads a request's signature; its lifetime is undefined unless it is a presigned URL's. */
function claimOf({ headers, query }: SignedRequest) {
  const { authorization } = headers;
  const isPresigned = authorization === undefined;
  const algorithm = isPresigned ? query.get("X-Amz-Algorithm") : authorization.split(" ", 1)[0];
  if (algorithm !== ALGORITHM_IDENTIFIER) {
    // aws CLI 1 and boto3 presign by version 2 in the oldest regions.
    const remedy = "aws configure set default.s3.signature_version s3v4";
    const message = `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM_IDENTIFIER} (aws CLI and boto3: ${remedy}).`;
    throw new AwsError("InvalidRequest", {}, message);
  }
  const field = (name: string) =>
    isPresigned ? query.get(`X-Amz-${name}`) : new RegExp(`[ ,]${name}=([^, ]+)`).exec(authorization)?.[1];
  const parameter = (name: string) =>
    isPresigned ? query.get(`X-Amz-${name}`) : headers[`x-amz-${name.toLowerCase()}`]?.toString();
  const [credential, signedHeaders, signature] = [field("Credential"), field("SignedHeaders"), field("Signature")];
  const [date, token] = [parameter("Date"), parameter("Security-Token")];
  const expiresInSeconds = isPresigned ? Number(query.get("X-Amz-Expires")) : undefined;
  const isLifetimeAllowed =
    expiresInSeconds === undefined || (expiresInSeconds >= 1 && expiresInSeconds <= MAX_PRESIGNED_TTL);
  if (!credential || !signedHeaders || !signature || !date || !isLifetimeAllowed) {
    throw new AwsError(isPresigned ? "AuthorizationQueryParametersError" : "AuthorizationHeaderMalformed");
  }
  return { credential, signedHeaders: signedHeaders.split(";"), signature, date, token, expiresInSeconds };
}

/** Returns the time of a signature that is neither expired nor too far off. */
function validateTime({ date, expiresInSeconds }: Claim, day: string): Date {
  const time = new Date(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  if (Number.isNaN(time.getTime()) || !date.startsWith(`${day}T`)) throw new AwsError("AuthorizationHeaderMalformed");
  const ageMs = Date.now() - time.getTime();
  if (expiresInSeconds !== undefined && ageMs > expiresInSeconds * 1000) {
    throw new AwsError("AccessDenied", {}, "Request has expired");
  }
  if (ageMs < -MAX_SKEW_MS || (expiresInSeconds === undefined && ageMs > MAX_SKEW_MS)) {
    throw new AwsError("RequestTimeTooSkewed");
  }
  return time;
}

/** Signs a request again, with the headers that were signed. */
async function sign(
  { method, path, query, headers, body }: SignedRequest,
  { signedHeaders, expiresInSeconds: expiresIn }: Claim,
  credentials: AccessKey,
  scope: { readonly signingDate: Date; readonly region: string; readonly service: string },
): Promise<string> {
  const sha256 = Hash.bind(null, "sha256");
  const hashed = body === undefined ? {} : { "x-amz-content-sha256": createHash("sha256").update(body).digest("hex") };
  const actual: IncomingHttpHeaders = { ...headers, ...hashed };
  const signer = new SignatureV4({ ...scope, credentials, sha256, uriEscapePath: false, applyChecksum: false });
  const request = {
    method,
    protocol: "http:",
    hostname: "",
    path: awsEncodePath(path),
    query: Object.fromEntries(query),
    headers: Object.fromEntries(signedHeaders.map((name) => [name, String(actual[name] ?? "")])),
    // A body that is neither text nor bytes counts as UNSIGNED-PAYLOAD where no header has its hash.
    body: body ?? {},
  };
  const signable = new Set(signedHeaders);
  const options = { signingDate: scope.signingDate, signableHeaders: signable };
  if (expiresIn !== undefined) {
    const presigned = await signer.presign(request, { ...options, expiresIn, unhoistableHeaders: signable });
    return String(presigned.query?.["X-Amz-Signature"]);
  }
  const { headers: signed } = await signer.sign(request, options);
  return /Signature=(\w+)/.exec(signed.authorization ?? "")?.[1] ?? "";
}

/** Percent-encodes as AWS's signatures demand: everything but letters, digits and `-._~`. */
function awsEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Percent-encodes a path as AWS's signatures demand; slashes stay. */
export function awsEncodePath(path: string): string {
  return path.split("/").map(awsEncode).join("/");
}

/**
 * Percent-decodes as UTF-8.
 * @throws AwsError InvalidURI for text that is no percent-encoded UTF-8
 */
export function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError("InvalidURI", { URI: text });
  }
}

/** Parses a query string; the parameters keep their order. `+` is a space, as in forms. */
export function parseQuery(query: string): [name: string, value: string][] {
  if (query === "") return [];
  return query.split("&").map((pair) => {
    const equals = pair.indexOf("=");
    const [name, value] = equals === -1 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
    return [percentDecode(name.replaceAll("+", " ")), percentDecode(value.replaceAll("+", " "))];
  });
}
