import { z } from "zod";
import { inputsOf, ofType, outputOf, single, strings, unserved } from "../declared";
import { globMatches } from "../../../policy/lib/glob";
import type { LambdaFunction } from "../function/function-runtime";
import { corsOrigins, type CorsRule } from "../http/cors";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";

/** An HTTP API with one stage, as the program declares it. */
export type HttpApi = ReturnType<typeof readHttpApi>;

/** Time that an HTTP API waits for a function at most, and by default. (API Gateway quotas) */
const MAX_TIMEOUT_MS = 30_000;

const ApiInputs = z.looseObject({
  ...unserved("disableExecuteApiEndpoint"),
  corsConfiguration: z
    .strictObject({
      allowOrigins: corsOrigins,
      allowMethods: strings,
      exposeHeaders: strings,
      maxAge: z.number().optional(),
    })
    .transform(({ allowOrigins, allowMethods, exposeHeaders, maxAge }): CorsRule => {
      return { allowedOrigins: allowOrigins, allowedMethods: allowMethods, exposeHeaders, maxAgeSeconds: maxAge };
    })
    .optional(),
});
const StageInputs = z.looseObject({
  ...unserved("routeSettings", "stageVariables", "deploymentId"),
  name: z.string().regex(/^[^$]+$/, "the local stack serves stages with a name"),
  autoDeploy: z.literal(true),
  // One number alone makes the other 0.
  defaultRouteSettings: z.looseObject({
    throttlingRateLimit: z.number().default(0),
    throttlingBurstLimit: z.number().default(0),
  }),
});
const RouteInputs = z.looseObject({
  ...unserved("authorizerId"),
  routeKey: z.string(),
  target: z.string().startsWith("integrations/"),
});
const IntegrationInputs = z.looseObject({
  integrationType: z.literal("AWS_PROXY"),
  integrationUri: z.string(),
  payloadFormatVersion: z.literal("2.0"),
  timeoutMilliseconds: z.number().max(MAX_TIMEOUT_MS).default(MAX_TIMEOUT_MS),
});
const PermissionInputs = z.looseObject({
  ...unserved("sourceAccount"),
  action: z.string(),
  function: z.string(),
  principal: z.string(),
  sourceArn: z.string(),
});

/**
 * Reads the declared HTTP API: its stage, routes, integrations and permissions.
 * @throws UserError for what the local API does not serve
 */
export function readHttpApi(resources: readonly RegisteredResource[], targets: readonly LambdaFunction[]) {
  const api = single(resources, "aws:apigatewayv2/api:Api");
  const { corsConfiguration: cors } = inputsOf(api, ApiInputs);
  const { name: stage, defaultRouteSettings } = inputsOf(
    single(resources, "aws:apigatewayv2/stage:Stage"),
    StageInputs,
  );
  const { throttlingRateLimit: rate, throttlingBurstLimit: burst } = defaultRouteSettings;
  return {
    id: api.id,
    /** Host without the scheme: `abc123.execute-api.eu-central-1.amazonaws.com`. */
    host: new URL(outputOf(api, "apiEndpoint")).host,
    stage,
    /** Requests per second, and how many may come at once. */
    throttle: { rate, burst },
    routes: readRoutes(resources, targets, `${outputOf(api, "executionArn")}/${stage}`),
    cors,
  };
}

function readRoutes(resources: readonly RegisteredResource[], targets: readonly LambdaFunction[], stageArn: string) {
  const integrations = readIntegrations(resources, targets);
  const permissions = ofType(resources, "aws:lambda/permission:Permission").map((permission) =>
    inputsOf(permission, PermissionInputs),
  );
  return ofType(resources, "aws:apigatewayv2/route:Route").map((resource) => {
    const { routeKey, target: integrationPath } = inputsOf(resource, RouteInputs);
    // `GET /resizer`, or `GET /resizer/{key+}` for every path below it.
    const [, method, path, below = ""] = /^(GET|HEAD) (\/[^{}]*?)(\/\{\w+\+\})?$/.exec(routeKey) ?? [];
    if (method === undefined || path === undefined) {
      throw new UserError(
        `the local stack serves routes of GET or HEAD and one path or all paths below it, not "${routeKey}"`,
      );
    }
    const integration = integrations.get(integrationPath.slice("integrations/".length));
    if (!integration) throw new UserError(`the route "${routeKey}" has no declared integration`);
    const { target } = integration;
    return {
      key: routeKey,
      matches: (requested: string, at: string) =>
        requested === method && (below === "" ? at === path : at.startsWith(`${path}/`) && at.length > path.length + 1),
      ...integration,
      /** True if the function's permissions allow the API to call it for this route. */
      permitted: permissions.some(
        (permission) =>
          permission.action === "lambda:InvokeFunction" &&
          [target.name, target.arn].includes(permission.function) &&
          permission.principal === "apigateway.amazonaws.com" &&
          globMatches(permission.sourceArn, `${stageArn}/${method}${path}${below}`),
      ),
    };
  });
}

function readIntegrations(resources: readonly RegisteredResource[], targets: readonly LambdaFunction[]) {
  return new Map(
    ofType(resources, "aws:apigatewayv2/integration:Integration").map((resource) => {
      const { integrationUri, timeoutMilliseconds } = inputsOf(resource, IntegrationInputs);
      const target = targets.find(({ arn, invokeArn }) => integrationUri === arn || integrationUri === invokeArn);
      if (!target) throw new UserError(`the integration "${resource.name}" calls no declared function`);
      return [resource.id, { target, timeoutMs: timeoutMilliseconds }];
    }),
  );
}
