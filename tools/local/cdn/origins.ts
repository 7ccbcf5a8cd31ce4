import http from "node:http";
import { z } from "zod";
import { ofType, rejectInputs } from "../declared";
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
  /** True if CloudFront signs its requests to a bucket, and so asks as itself. */
  readonly signed: boolean;
}

/** Origin of a behaviour, and another one that is asked where the first answers with one of some statuses. */
export interface OriginGroup {
  readonly primary: Origin;
  readonly secondary?: Origin;
  readonly failoverStatuses: ReadonlySet<number>;
}

const DEFAULT_READ_TIMEOUT_S = 30;

export const OriginInputs = z.looseObject({
  originId: z.string(),
  domainName: z.string(),
  originPath: z.string().optional(),
  originAccessControlId: z.string().optional(),
  customOriginConfig: z.looseObject({ originReadTimeout: z.number().optional() }).nullish(),
});

export const OriginGroupInputs = z.looseObject({
  originId: z.string(),
  failoverCriteria: z.object({ statusCodes: z.array(z.number()) }),
  members: z.array(z.object({ originId: z.string() })).length(2),
});

/**
 * Reads a distribution's origins and origin groups, by the ids that behaviours name.
 * @throws UserError for a member that is no origin, or an origin access control that is not declared
 */
export function readOrigins(
  owner: string,
  inputs: {
    readonly origins: readonly z.output<typeof OriginInputs>[];
    readonly originGroups: readonly z.output<typeof OriginGroupInputs>[];
  },
  resources: readonly RegisteredResource[],
): ReadonlyMap<string, OriginGroup> {
  const origins = new Map(inputs.origins.map((origin) => [origin.originId, readOrigin(owner, origin, resources)]));
  const member = (id = ""): Origin => {
    const origin = origins.get(id);
    if (!origin) throw new UserError(`${owner}: there is no origin "${id}"`);
    return origin;
  };
  const alone = [...origins].map(([id, primary]) => [id, { primary, failoverStatuses: new Set<number>() }] as const);
  const groups = inputs.originGroups.map(({ originId, failoverCriteria, members: [first, second] }) => {
    const failoverStatuses = new Set(failoverCriteria.statusCodes);
    return [
      originId,
      { primary: member(first?.originId), secondary: member(second?.originId), failoverStatuses },
    ] as const;
  });
  return new Map<string, OriginGroup>([...alone, ...groups]);
}

function readOrigin(
  owner: string,
  origin: z.output<typeof OriginInputs>,
  resources: readonly RegisteredResource[],
): Origin {
  const { domainName, originPath, customOriginConfig, originAccessControlId } = origin;
  rejectInputs(`${owner}, origin "${origin.originId}"`, origin, ["originShield", "vpcOriginConfig", "customHeaders"]);
  const isSigned = originAccessControlId != null && originAccessControlId !== "";
  if (isSigned) checkAccessControl(owner, originAccessControlId, resources);
  return {
    kind: customOriginConfig ? "custom" : "bucket",
    domainName,
    path: originPath ?? "",
    readTimeoutMs: (customOriginConfig?.originReadTimeout ?? DEFAULT_READ_TIMEOUT_S) * 1000,
    signed: isSigned,
  };
}

/** The local stack knows the control that AWS recommends, and no other. */
function checkAccessControl(owner: string, id: string, resources: readonly RegisteredResource[]): void {
  const control = ofType(resources, "aws:cloudfront/originAccessControl:OriginAccessControl").find(
    (resource) => resource.id === id,
  );
  if (!control) throw new UserError(`${owner}: the program declares no origin access control "${id}"`);
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

// A connection of its own for every request: nothing to go stale, and on loopback it costs next to nothing.
const agent = new http.Agent({ keepAlive: false });

/**
 * Sends a GET to the local server that stands for an origin. Cookies do not come back, because none are forwarded.
 * @throws OriginTimeout; another Error if the origin cannot be reached or breaks off
 */
export async function askOrigin(
  { domainName, path, readTimeoutMs }: Origin,
  port: number,
  target: string,
  headers: Headers,
): Promise<OriginResponse> {
  const message = await new Promise<http.IncomingMessage>((resolve, reject) => {
    const outgoing = http.get(
      { host: LOOPBACK, port, path: path + target, headers: { ...headers, host: domainName }, agent },
      resolve,
    );
    outgoing.setTimeout(readTimeoutMs, () => {
      outgoing.destroy(new OriginTimeout(`no response within ${readTimeoutMs} ms`));
    });
    outgoing.once("error", reject);
  });
  const body = await readBody(message);
  const received = without(endToEnd(message.headers), "set-cookie");
  return { status: message.statusCode ?? 502, headers: received, body };
}
