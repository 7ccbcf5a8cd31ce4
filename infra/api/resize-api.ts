import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { CORS_EXPOSED_HEADERS, CORS_METHODS, PREFLIGHT_SECONDS } from "../cors";

/** The path of the one route: where a miss is sent. */
export const RESIZER_PATH = "resizer";
const METHODS = ["GET", "HEAD"];

/** One line a request; what the viewer sent is escaped by API Gateway. */
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

export interface ResizeApiArgs {
  readonly functionName: pulumi.Input<string>;
  readonly invokeArn: pulumi.Input<string>;
  /** Whether CloudFront asks the API itself: it puts a variant's whole path behind the route's. */
  readonly keyInPath: boolean;
  /** The origins whose pages may read answers from scripts, or `*` alone; empty for none. */
  readonly corsOrigins: readonly string[];
  /** Requests a second that the API takes on average, and at once. Always both: one alone makes the other 0. */
  readonly throttle: { readonly rateLimit: number; readonly burstLimit: number };
  /** The access log's group. */
  readonly logGroupName: string;
  readonly logRetentionDays: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** The HTTP API in front of the resizer: `GET` and `HEAD /<stage>/resizer[/...]?key=...`, and nothing else. */
export class ResizeApi extends pulumi.ComponentResource {
  /** What the API's metrics are found by. */
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
    this.stage = pulumi.getStack();
    this.path = `/${this.stage}/${RESIZER_PATH}`;

    const api = new aws.apigatewayv2.Api(
      name,
      {
        protocolType: "HTTP",
        description: "Makes variants on a miss",
        ...(args.corsOrigins.length > 0 ? { corsConfiguration: corsConfiguration(args.corsOrigins) } : {}),
        tags: { ...args.tags },
      },
      { parent: this },
    );
    const routes = this.#routes(name, api, args);
    this.#stage(name, api, args, routes);
    this.#permissions(name, api, args);

    this.apiId = api.id;
    this.host = api.apiEndpoint.apply((endpoint) => endpoint.replace(/^https:\/\//, ""));
    this.url = pulumi.interpolate`${api.apiEndpoint}/${this.stage}`;
    this.registerOutputs({ apiId: this.apiId, host: this.host, stage: this.stage, url: this.url });
  }

  #routes(name: string, api: aws.apigatewayv2.Api, args: ResizeApiArgs): aws.apigatewayv2.Route[] {
    const integration = new aws.apigatewayv2.Integration(
      `${name}-integration`,
      {
        apiId: api.id,
        integrationType: "AWS_PROXY",
        integrationMethod: "POST",
        integrationUri: args.invokeArn,
        payloadFormatVersion: "2.0",
      },
      { parent: this },
    );
    return METHODS.map(
      (method) =>
        new aws.apigatewayv2.Route(
          `${name}-${method.toLowerCase()}`,
          {
            apiId: api.id,
            routeKey: `${method} /${RESIZER_PATH}${args.keyInPath ? "/{key+}" : ""}`,
            target: pulumi.interpolate`integrations/${integration.id}`,
          },
          { parent: this },
        ),
    );
  }

  #stage(name: string, api: aws.apigatewayv2.Api, args: ResizeApiArgs, routes: aws.apigatewayv2.Route[]): void {
    const logGroup = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      { name: args.logGroupName, retentionInDays: args.logRetentionDays, tags: { ...args.tags } },
      { parent: this },
    );
    new aws.apigatewayv2.Stage(
      `${name}-stage`,
      {
        apiId: api.id,
        name: this.stage,
        autoDeploy: true,
        defaultRouteSettings: {
          throttlingRateLimit: args.throttle.rateLimit,
          throttlingBurstLimit: args.throttle.burstLimit,
        },
        accessLogSettings: { destinationArn: logGroup.arn, format: ACCESS_LOG_FORMAT },
        tags: { ...args.tags },
      },
      { parent: this, dependsOn: routes },
    );
  }

  /** This API may call the function for this route, and nobody for any other. */
  #permissions(name: string, api: aws.apigatewayv2.Api, args: ResizeApiArgs): void {
    for (const method of METHODS) {
      new aws.lambda.Permission(
        `${name}-${method.toLowerCase()}-permission`,
        {
          action: "lambda:InvokeFunction",
          function: args.functionName,
          principal: "apigateway.amazonaws.com",
          sourceArn: pulumi.interpolate`${api.executionArn}/${this.stage}/${method}/${RESIZER_PATH}${args.keyInPath ? "/*" : ""}`,
        },
        { parent: this },
      );
    }
  }
}

/** API Gateway adds the headers by itself, whatever the function says of them, and answers preflights. */
function corsConfiguration(origins: readonly string[]) {
  return {
    allowOrigins: [...origins],
    allowMethods: CORS_METHODS,
    exposeHeaders: CORS_EXPOSED_HEADERS,
    maxAge: PREFLIGHT_SECONDS,
  };
}
