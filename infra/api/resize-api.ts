import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { KEY_ROUTE } from "../../functions/shared/routes";
import { CORS_EXPOSED_HEADERS, CORS_METHODS, PREFLIGHT_SECONDS } from "../cors";
import { arnOf, type StackFacts } from "../names";

/** The path that a miss is sent to. */
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
  /** ARN of the calls of every route, for the function's permission. */
  readonly callArn: pulumi.Output<string>;
  readonly #name: string;
  readonly #args: StackFacts;

  constructor(name: string, args: StackFacts, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:ResizeApi", name, {}, opts);
    this.#name = name;
    this.#args = args;
    this.stage = args.names.stack;
    this.path = `/${this.stage}/${RESIZER_PATH}`;

    const api = this.#createApi(name, args.config.cdn.corsOrigins);
    this.#createStage(api, this.#createRoutes(api));

    this.apiId = api.id;
    this.host = api.apiEndpoint.apply((endpoint) => endpoint.replace(/^https:\/\//, ""));
    this.url = pulumi.interpolate`${api.apiEndpoint}/${this.stage}`;
    this.callArn = pulumi.interpolate`${api.executionArn}/${this.stage}/*/${RESIZER_PATH}*`;
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

  /**
   * The routes to the function, by other names for each delivery: a switch creates the new ones before CloudFront changes, and
   * deletes the old ones after it. To the function by its name, because the function comes after the CDN.
   */
  #createRoutes(api: aws.apigatewayv2.Api): aws.apigatewayv2.Route[] {
    const { config, names, place } = this.#args;
    // With failover CloudFront asks the API itself, and puts a variant's whole path behind the route's.
    const [suffix, below] = config.cdn.delivery === "failover" ? ["-key", KEY_ROUTE] : ["", ""];
    const integration = new aws.apigatewayv2.Integration(
      `${this.#name}-integration`,
      {
        apiId: api.id,
        integrationType: "AWS_PROXY",
        integrationMethod: "POST",
        integrationUri: place.apply((where) => arnOf(where, "lambda", `function:${names.resizer}`)),
        payloadFormatVersion: "2.0",
      },
      { parent: this },
    );
    return METHODS.map(
      (method) =>
        new aws.apigatewayv2.Route(
          `${this.#name}-${method.toLowerCase()}${suffix}`,
          {
            apiId: api.id,
            routeKey: `${method} /${RESIZER_PATH}${below}`,
            target: pulumi.interpolate`integrations/${integration.id}`,
          },
          { parent: this },
        ),
    );
  }

  #createStage(api: aws.apigatewayv2.Api, dependsOn: pulumi.Resource[]): void {
    const { config, names } = this.#args;
    const { rateLimit, burstLimit } = config.resizer;
    const logGroup = new aws.cloudwatch.LogGroup(
      `${this.#name}-logs`,
      { name: names.apiLogGroup, retentionInDays: config.operations.logRetentionDays },
      { parent: this },
    );
    new aws.apigatewayv2.Stage(
      `${this.#name}-stage`,
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
