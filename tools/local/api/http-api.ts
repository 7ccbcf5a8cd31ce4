import { z } from "zod";
import { inputsOf, ofType, outputOf, refuseInputs, theOnly } from "../declared";
import type { FunctionRuntime } from "../function/function-runtime";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import { type Cors, CorsInputs } from "./cors";
import type { Throttle } from "./token-bucket";

/** A function that routes may call. */
export interface Target {
  readonly name: string;
  readonly arn: string;
  readonly invokeArn: string;
  readonly runtime: Pick<FunctionRuntime, "invoke">;
}

/** A route of the API, with what it calls. */
export interface Route {
  /** `GET /resizer`, or `GET /resizer/{key+}` for every path below it. */
  readonly key: string;
  readonly matches: (method: string, path: string) => boolean;
  readonly target: Target;
  /** How long the API waits for the function, in milliseconds. */
  readonly timeoutMs: number;
  /** Whether the function's permissions let the API call it for this route. */
  readonly permitted: boolean;
}

/** An HTTP API with one stage, as the program declares it. */
export interface HttpApi {
  readonly id: string;
  /** Without the scheme: `abc123.execute-api.eu-central-1.amazonaws.com`. */
  readonly host: string;
  readonly stage: string;
  readonly throttle: Throttle;
  readonly routes: readonly Route[];
  /** What pages on other origins may do; undefined for nothing. */
  readonly cors?: Cors;
}

/** What HTTP APIs wait for a function at most, and by default. (API Gateway quotas) */
const MAX_TIMEOUT_MS = 30_000;
/** An account's throttle, which holds where the stage sets none. (API Gateway quotas) */
const ACCOUNT_THROTTLE: Throttle = { rate: 10_000, burst: 5_000 };

const ApiInputs = z.looseObject({ corsConfiguration: CorsInputs.nullish() });
const StageInputs = z.looseObject({
  name: z.string(),
  autoDeploy: z.boolean().nullish(),
  deploymentId: z.string().nullish(),
  defaultRouteSettings: z
    .looseObject({ throttlingRateLimit: z.number().nullish(), throttlingBurstLimit: z.number().nullish() })
    .nullish(),
});
const RouteInputs = z.looseObject({ routeKey: z.string(), target: z.string().startsWith("integrations/") });
const IntegrationInputs = z.looseObject({
  integrationType: z.literal("AWS_PROXY"),
  integrationUri: z.string(),
  payloadFormatVersion: z.literal("2.0"),
  timeoutMilliseconds: z.number().nullish(),
});
const PermissionInputs = z.looseObject({
  action: z.string(),
  function: z.string(),
  principal: z.string(),
  sourceArn: z.string().nullish(),
  sourceAccount: z.string().nullish(),
});

/**
 * Reads the declared HTTP API: its stage, routes, integrations and permissions.
 * @throws UserError for what the local API does not serve.
 */
export function readHttpApi(
  resources: readonly RegisteredResource[],
  accountId: string,
  targets: readonly Target[],
): HttpApi {
  const api = theOnly(resources, "aws:apigatewayv2/api:Api");
  refuseInputs(`the API "${api.name}"`, api.inputs, ["disableExecuteApiEndpoint"]);
  const { corsConfiguration } = inputsOf(api, ApiInputs);
  const stage = theOnly(resources, "aws:apigatewayv2/stage:Stage");
  refuseInputs(`the stage "${stage.name}"`, stage.inputs, ["routeSettings", "stageVariables"]);
  const { name, autoDeploy, deploymentId, defaultRouteSettings } = inputsOf(stage, StageInputs);

  const permissions = ofType(resources, "aws:lambda/permission:Permission").map((permission) =>
    inputsOf(permission, PermissionInputs),
  );
  const executionArn = outputOf(api, "executionArn");
  const integrations = readIntegrations(resources, targets);
  // A stage without a deployment has no routes.
  const declared = autoDeploy === true || deploymentId ? ofType(resources, "aws:apigatewayv2/route:Route") : [];
  const routes = declared.map((resource): Route => {
    refuseInputs(`the route "${resource.name}"`, resource.inputs, ["authorizerId"]);
    const { routeKey, target: integrationPath } = inputsOf(resource, RouteInputs);
    const [, method, path, below] = /^([A-Z]+) (\/[^{}]*?)(\/\{\w+\+\})?$/.exec(routeKey) ?? [];
    if (method === undefined || path === undefined) {
      throw new UserError(
        `the local stack serves routes of one method and one path or all below it, not "${routeKey}"`,
      );
    }
    const matches: Route["matches"] = (asked, at) =>
      asked === method &&
      (below === undefined ? at === path : at.startsWith(`${path}/`) && at.length > path.length + 1);
    const integration = integrations.get(integrationPath.slice("integrations/".length));
    if (!integration) throw new UserError(`the route "${routeKey}" has no declared integration`);
    const sourceArn = `${executionArn}/${name}/${method}${path}${below ?? ""}`;
    const permitted = permissions.some((permission) => permits(permission, integration.target, sourceArn, accountId));
    return { key: routeKey, matches, ...integration, permitted };
  });

  return {
    id: api.id,
    host: new URL(outputOf(api, "apiEndpoint")).host,
    stage: name,
    throttle: throttleOf(defaultRouteSettings),
    routes,
    ...(corsConfiguration ? { cors: corsConfiguration } : {}),
  };
}

function readIntegrations(resources: readonly RegisteredResource[], targets: readonly Target[]) {
  return new Map(
    ofType(resources, "aws:apigatewayv2/integration:Integration").map((resource) => {
      const { integrationUri, timeoutMilliseconds } = inputsOf(resource, IntegrationInputs);
      const target = targets.find(({ arn, invokeArn }) => integrationUri === arn || integrationUri === invokeArn);
      if (!target) throw new UserError(`the integration "${resource.name}" calls no declared function`);
      const timeoutMs = Math.min(timeoutMilliseconds ?? MAX_TIMEOUT_MS, MAX_TIMEOUT_MS);
      return [resource.id, { target, timeoutMs }];
    }),
  );
}

/** Either number alone makes the other 0, and then nothing passes. */
function throttleOf(settings: z.output<typeof StageInputs>["defaultRouteSettings"]): Throttle {
  const { throttlingRateLimit: rate, throttlingBurstLimit: burst } = settings ?? {};
  return rate == null && burst == null ? ACCOUNT_THROTTLE : { rate: rate ?? 0, burst: burst ?? 0 };
}

/** Whether a resource-based permission lets API Gateway call the function on behalf of this route. */
function permits(
  permission: z.output<typeof PermissionInputs>,
  target: Target,
  sourceArn: string,
  accountId: string,
): boolean {
  return (
    ["lambda:InvokeFunction", "lambda:*"].includes(permission.action) &&
    [target.name, target.arn].includes(permission.function) &&
    permission.principal === "apigateway.amazonaws.com" &&
    (permission.sourceArn == null || arnLike(permission.sourceArn, sourceArn)) &&
    (permission.sourceAccount == null || permission.sourceAccount === accountId)
  );
}

/** IAM's ArnLike: `*` and `?` within each of an ARN's six parts. */
function arnLike(pattern: string, arn: string): boolean {
  const parts = arnParts(arn);
  return arnParts(pattern).every((part, index) => {
    const source = part
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".");
    return new RegExp(`^${source}$`).test(parts[index] ?? "");
  });
}

function arnParts(arn: string): string[] {
  const parts = arn.split(":");
  return [...parts.slice(0, 5), parts.slice(5).join(":")];
}
