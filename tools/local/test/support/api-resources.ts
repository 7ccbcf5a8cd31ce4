import { LOCAL_ACCOUNT_ID, type RegisteredResource } from "@image-resizer/lib/program";
import { Api } from "../../api/api";
import { readHttpApi } from "../../api/http-api";
import type { InvocationResult, LambdaFunction } from "../../function/function-runtime";
import { HostTable } from "../../hosts";
import { servePart } from "../../http/server";
import { type Hop, Trace } from "../../trace";
import { type Ask, ask } from "./http";
import { resource } from "./resources";

export const FUNCTION_ARN = "arn:aws:lambda:eu-central-1:123456789012:function:shop-resizer";
export const INVOKE_ARN = `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${FUNCTION_ARN}/invocations`;
export const API_HOST = "abc123.execute-api.eu-central-1.amazonaws.com";

type Inputs = Readonly<Record<string, unknown>>;

/** An HTTP API with `GET` and `HEAD /resizer` in the stage `prod`, as the program would register it. */
export function apiResources(
  changed: {
    readonly stage?: Inputs;
    readonly permission?: Inputs;
    readonly integration?: Inputs;
    readonly api?: Inputs;
  } = {},
): RegisteredResource[] {
  const executionArn = "arn:aws:execute-api:eu-central-1:123456789012:abc123";
  const target = "integrations/integration-id";
  return [
    resource(
      "aws:apigatewayv2/api:Api",
      "api",
      { protocolType: "HTTP", ...changed.api },
      {
        id: "abc123",
        apiEndpoint: `https://${API_HOST}`,
        executionArn,
      },
    ),
    resource("aws:apigatewayv2/stage:Stage", "stage", {
      name: "prod",
      autoDeploy: true,
      defaultRouteSettings: { throttlingRateLimit: 100, throttlingBurstLimit: 50 },
      ...changed.stage,
    }),
    resource("aws:apigatewayv2/integration:Integration", "integration", {
      integrationType: "AWS_PROXY",
      integrationUri: INVOKE_ARN,
      payloadFormatVersion: "2.0",
      ...changed.integration,
    }),
    resource("aws:apigatewayv2/route:Route", "get", { routeKey: "GET /resizer", target }),
    resource("aws:apigatewayv2/route:Route", "head", { routeKey: "HEAD /resizer", target }),
    resource("aws:lambda/permission:Permission", "permission", {
      action: "lambda:InvokeFunction",
      function: "shop-resizer",
      principal: "apigateway.amazonaws.com",
      sourceArn: `${executionArn}/prod/*/resizer`,
      ...changed.permission,
    }),
  ];
}

export type Invoke = (event: unknown, requestId: string) => Promise<InvocationResult>;

/** A function that returns a value. */
export function returns(value: unknown): Invoke {
  return () => Promise.resolve({ kind: "answer", payload: value === undefined ? "null" : JSON.stringify(value) });
}

/** The declared function, as the API calls it. */
export function targetOf(invoke: Invoke): LambdaFunction {
  const names = { name: "shop-resizer", arn: FUNCTION_ARN, invokeArn: INVOKE_ARN, roleArn: "arn:role" };
  return { ...names, timeoutS: 15, runtime: { invoke } };
}

/** Starts the API; its clock stands until a test changes it. */
export async function startApi(free: (close: () => unknown) => void, invoke: Invoke, resources = apiResources()) {
  const hosts = new HostTable();
  hosts.add("d123.cloudfront.net", 8080);
  const trace = new Trace();
  const hops: Hop[] = [];
  trace.listen((hop) => hops.push(hop));
  const clock = { now: Date.UTC(2026, 2, 12, 9, 3, 58) };
  const api = readHttpApi(resources, [targetOf(invoke)]);
  const { handle } = new Api({ api, accountId: LOCAL_ACCOUNT_ID, hosts, now: () => clock.now });
  const server = await servePart("api", trace, 0, handle);
  free(() => server.close());
  return { get: (path: string, more?: Ask) => ask(server.url + path, more), hops, clock };
}
