import { z } from "zod";
import { ofType, refuseInputs } from "../declared";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";

/** Where a distribution gets objects from: a server of its own protocol (`custom`), or a bucket. */
export interface Origin {
  readonly kind: "custom" | "bucket";
  readonly domainName: string;
  /** Put before every path. */
  readonly path: string;
  /** Sent with every request, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** How long the origin may take to answer, in seconds. */
  readonly readTimeout: number;
  /** Whether CloudFront signs its requests to a bucket, and so asks as itself. */
  readonly signed: boolean;
}

/** What a behaviour asks: an origin, and where that answers with one of some statuses, another. */
export interface OriginGroup {
  readonly primary: Origin;
  readonly secondary?: Origin;
  readonly failoverStatuses: ReadonlySet<number>;
}

const DEFAULT_READ_TIMEOUT = 30;

export const OriginInputs = z.looseObject({
  originId: z.string(),
  domainName: z.string(),
  originPath: z.string().nullish(),
  originAccessControlId: z.string().nullish(),
  customOriginConfig: z.looseObject({ originReadTimeout: z.number().nullish() }).nullish(),
  customHeaders: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
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
  const member = (id: string): Origin => {
    const origin = origins.get(id);
    if (!origin) throw new UserError(`${owner}: there is no origin "${id}"`);
    return origin;
  };
  const groups = inputs.originGroups.map(({ originId, failoverCriteria, members }): [string, OriginGroup] => [
    originId,
    {
      primary: member(members[0]?.originId ?? ""),
      secondary: member(members[1]?.originId ?? ""),
      failoverStatuses: new Set(failoverCriteria.statusCodes),
    },
  ]);
  const alone = [...origins].map(([id, primary]): [string, OriginGroup] => [
    id,
    { primary, failoverStatuses: new Set() },
  ]);
  return new Map([...alone, ...groups]);
}

function readOrigin(
  owner: string,
  origin: z.output<typeof OriginInputs>,
  resources: readonly RegisteredResource[],
): Origin {
  const { domainName, originPath, customHeaders, customOriginConfig, originAccessControlId } = origin;
  refuseInputs(`${owner}, origin "${origin.originId}"`, origin, ["originShield", "vpcOriginConfig"]);
  const isSigned = originAccessControlId != null && originAccessControlId !== "";
  if (isSigned) checkAccessControl(owner, originAccessControlId, resources);
  return {
    kind: customOriginConfig ? "custom" : "bucket",
    domainName,
    path: originPath ?? "",
    headers: Object.fromEntries((customHeaders ?? []).map(({ name, value }) => [name.toLowerCase(), value])),
    readTimeout: customOriginConfig?.originReadTimeout ?? DEFAULT_READ_TIMEOUT,
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
