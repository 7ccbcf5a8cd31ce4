import http from "node:http";
import { z } from "zod";
import { ofType, unserved } from "../declared";
import { endToEnd, type Headers, readBody, without } from "../http/exchange";
import { LOOPBACK } from "../http/server";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";

/** Source of a distribution's objects: a server (`custom`), or a bucket. */
export interface Origin {
  readonly kind: "custom" | "bucket";
  readonly domainName: string;
  /** Prefix of every path. */
  readonly path: string;
  readonly readTimeoutMs: number;
  /** Headers of every request to it, in place of those of the client. */
  readonly headers: Headers;
  /** True if CloudFront signs its requests to a bucket, and so asks as itself. */
  readonly signed: boolean;
}

/** Origin of a behaviour, and another one that is asked where the first answers with one of some statuses. */
export interface OriginGroup {
  readonly primary: Origin;
  readonly secondary?: Origin;
  readonly failoverStatuses: ReadonlySet<number>;
}

export const OriginInputs = z.looseObject({
  ...unserved("originShield", "vpcOriginConfig"),
  originId: z.string(),
  domainName: z.string(),
  originPath: z.string().default(""),
  originAccessControlId: z.string().default(""),
  customHeaders: z.array(z.object({ name: z.string(), value: z.string() })).default([]),
  customOriginConfig: z.looseObject({ originReadTimeout: z.number().default(30) }).optional(),
});

export const OriginGroupInputs = z.looseObject({
  originId: z.string(),
  failoverCriteria: z.object({ statusCodes: z.array(z.number()) }),
  members: z.tuple([z.object({ originId: z.string() }), z.object({ originId: z.string() })]),
});

/** Limit of an origin that is a bucket. (CloudFront guide, quotas) */
const BUCKET_TIMEOUT_S = 30;

/**
 * Reads a distribution's origins and origin groups, by the ids that behaviours name.
 * @throws UserError for a member that is no origin, or an origin access control that is not declared
 */
export function readOrigins(
  declared: readonly z.output<typeof OriginInputs>[],
  groups: readonly z.output<typeof OriginGroupInputs>[],
  resources: readonly RegisteredResource[],
): ReadonlyMap<string, OriginGroup> {
  const origins = new Map<string, OriginGroup>();
  for (const origin of declared) {
    const { originId, domainName, originPath: path, customOriginConfig: custom, originAccessControlId } = origin;
    const signed = originAccessControlId !== "";
    if (signed) checkAccessControl(originAccessControlId, resources);
    const readTimeoutMs = (custom?.originReadTimeout ?? BUCKET_TIMEOUT_S) * 1000;
    const headers = Object.fromEntries(origin.customHeaders.map(({ name, value }) => [name.toLowerCase(), value]));
    const primary: Origin = { kind: custom ? "custom" : "bucket", domainName, path, readTimeoutMs, headers, signed };
    origins.set(originId, { primary, failoverStatuses: new Set() });
  }
  const member = ({ originId }: { readonly originId: string }): Origin => {
    const origin = origins.get(originId);
    if (!origin) throw new UserError(`the distribution has no origin "${originId}"`);
    return origin.primary;
  };
  const read = groups.map(({ originId, failoverCriteria, members: [first, second] }): [string, OriginGroup] => {
    const failoverStatuses = new Set(failoverCriteria.statusCodes);
    return [originId, { primary: member(first), secondary: member(second), failoverStatuses }];
  });
  return new Map([...origins, ...read]);
}

/** The local stack knows the control that AWS recommends, and no other. */
function checkAccessControl(id: string, resources: readonly RegisteredResource[]): void {
  const controls = ofType(resources, "aws:cloudfront/originAccessControl:OriginAccessControl");
  const control = controls.find((resource) => resource.id === id);
  if (!control) throw new UserError(`the program declares no origin access control "${id}"`);
  const { originAccessControlOriginType: type, signingBehavior, signingProtocol } = control.inputs;
  if (type !== "s3" || signingBehavior !== "always" || signingProtocol !== "sigv4") {
    throw new UserError(`the local stack serves origin access controls that always sign for s3, not "${control.name}"`);
  }
}

export interface OriginResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Buffer;
}

/** Thrown when the origin stays silent. */
export class OriginTimeout extends Error {}

/**
 * Sends a GET to the local server that stands for an origin. Cookies do not come back, because none are forwarded.
 * @throws OriginTimeout; another Error if the origin cannot be reached or breaks off
 */
export async function askOrigin(
  { domainName, path, readTimeoutMs, headers: own }: Origin,
  port: number,
  target: string,
  headers: Headers,
): Promise<OriginResponse> {
  const message = await new Promise<http.IncomingMessage>((resolve, reject) => {
    // A connection of its own for every request: nothing to go stale, and on loopback it costs next to nothing.
    const options = {
      host: LOOPBACK,
      port,
      path: path + target,
      headers: { ...headers, ...own, host: domainName },
      agent: false,
    };
    const outgoing = http.get(options, resolve);
    outgoing.setTimeout(readTimeoutMs, () => {
      outgoing.destroy(new OriginTimeout(`no response within ${readTimeoutMs} ms`));
    });
    outgoing.once("error", reject);
  });
  const body = await readBody(message);
  const received = without(endToEnd(message.headers), "set-cookie");
  return { status: message.statusCode ?? 502, headers: received, body };
}
