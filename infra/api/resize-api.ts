import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { CORS_EXPOSED_HEADERS, CORS_METHODS, PREFLIGHT_SECONDS } from "../cors";
import type { StackFacts } from "../names";

/** The path of the one route, which a miss is sent to. */
export const RESIZER_PATH = "resizer";
const METHODS = ["GET", "HEAD"];

/** One line a request; API Gateway escapes the values that a client sent. */
const ACCESS_LOG_FORMAT = JSON.stringify({
  requestId: "$context.requestId",
  time: "$context.requestTime",
  ip: "$context.identity.sourceIp",
  method: "$context.httpMethod",
  route: "$context.routeKey",
  status: "$context.status",
  bytes: "$context.responseLength",
  milliseconds: "$context.responseLatency",
  error: "$context.error.message",
  integrationError: "$context.integrationErrorMessage",
});

export interface ResizeApiArgs extends StackFacts {
  readonly resizer: { readonly functionName: pulumi.Output<string>; readonly invokeArn: pulumi.Output<string> };
}

/** The HTTP API in front of the resizer: `GET` and `HEAD /<stage>/resizer[/...]?key=...`, and nothing else. */
export class ResizeApi extends pulumi.ComponentResource {
  /** The id that the API's metrics carry. */
  readonly apiId: pulumi.Output<string>;
  /** The API's host, without a stage. */
  readonly host: pulumi.Output<string>;
  /** The stage, named for the stack. */
  readonly stage: string;
  /** The path of the route, with the stage, without a trailing slash. */
  readonly path: string;
  /** The stage's URL, without a trailing slash. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ResizeApiArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:ResizeApi", name, {}, opts);
    this.stage = args.names.stack;
    this.path = `/${this.stage}/${RESIZER_PATH}`;

    const api = this.#createApi(name, args.config.cdn.corsOrigins);
    const routes = this.#createRoutes(name, api, args);
    this.#createStage(name, api, routes, args);

    this.apiId = api.id;
    this.host = api.apiEndpoint.apply((endpoint) => endpoint.replace(/^https:\/\//, ""));
    this.url = pulumi.interpolate`${api.apiEndpoint}/${this.stage}`;
    this.registerOutputs({ apiId: this.apiId, host: this.host, stage: this.stage, url: this.url });
  }

  /** With CORS, API Gateway adds the headers by itself, whatever the function says of them, and answers preflights. */
  #createApi(name: string, allowOrigins: string[]): aws.apigatewayv2.Api {
    const cors = { allowMethods: CORS_METHODS, exposeHeaders: CORS_EXPOSED_HEADERS, maxAge: PREFLIGHT_SECONDS };
    return new aws.apigatewayv2.Api(
      name,
      {
        protocolType: "HTTP",
        description: "Makes variants on a miss",
        ...(allowOrigins.length > 0 ? { corsConfiguration: { allowOrigins, ...cors } } : {}),
      },
      { parent: this },
    );
  }

  /** The routes to the function, each with the permission to call it for this route alone. */
  #createRoutes(name: string, api: aws.apigatewayv2.Api, { config, resizer }: ResizeApiArgs): aws.apigatewayv2.Route[] {
    // With failover CloudFront asks the API itself, and puts a variant's whole path behind the route's.
    const keyInPath = config.cdn.delivery === "failover";
    const integration = new aws.apigatewayv2.Integration(
      `${name}-integration`,
      {
        apiId: api.id,
        integrationType: "AWS_PROXY",
        integrationMethod: "POST",
        integrationUri: resizer.invokeArn,
        payloadFormatVersion: "2.0",
      },
      { parent: this },
    );
    return METHODS.map((method) => {
      new aws.lambda.Permission(
        `${name}-${method.toLowerCase()}-permission`,
        {
          action: "lambda:InvokeFunction",
          function: resizer.functionName,
          principal: "apigateway.amazonaws.com",
          sourceArn: pulumi.interpolate`${api.executionArn}/${this.stage}/${method}/${RESIZER_PATH}${keyInPath ? "/*" : ""}`,
        },
        { parent: this },
      );
      return new aws.apigatewayv2.Route(
        `${name}-${method.toLowerCase()}`,
        {
          apiId: api.id,
          routeKey: `${method} /${RESIZER_PATH}${keyInPath ? "/{key+}" : ""}`,
          target: pulumi.interpolate`integrations/${integration.id}`,
        },
        { parent: this },
      );
    });
  }

  #createStage(name: string, api: aws.apigatewayv2.Api, dependsOn: pulumi.Resource[], args: ResizeApiArgs): void {
    const { rateLimit, burstLimit } = args.config.resizer;
    const logGroup = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { name: args.names.apiLogGroup, retentionInDays: args.config.operations.logRetentionDays },
      { parent: this },
    );
    new aws.apigatewayv2.Stage(
      `${name}-stage`,
      {
        apiId: api.id,
        name: this.stage,
        autoDeploy: true,
        // Both: one alone makes the other 0.
        defaultRouteSettings: { throttlingRateLimit: rateLimit, throttlingBurstLimit: burstLimit },
        accessLogSettings: { destinationArn: logGroup.arn, format: ACCESS_LOG_FORMAT },
      },
      { parent: this, dependsOn },
    );
  }
}
