import type { RegisteredResource } from "@image-resizer/lib/program";
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
