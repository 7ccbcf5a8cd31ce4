import assert from "node:assert/strict";
import { register, type Registered } from "../../support/program";

const EXECUTION_ARN = "arn:aws:execute-api:us-east-1:123456789012:k28ihy1li5";

describe("ResizeApi", () => {
  let dev: Registered;

  before(async () => {
    dev = await register({ stack: "dev" });
  });

  it("is an HTTP API with GET and HEAD of one route", () => {
    assert.equal(dev.one("Api").inputs.protocolType, "HTTP");
    const { inputs, id } = dev.one("Integration");
    assert.deepEqual(inputs, {
      apiId: "k28ihy1li5",
      integrationType: "AWS_PROXY",
      integrationMethod: "POST",
      integrationUri: dev.one("Function").outputs.invokeArn,
      payloadFormatVersion: "2.0",
    });
    assert.deepEqual(
      dev.all("Route").map((route) => route.inputs),
      ["GET /resizer", "HEAD /resizer"].map((routeKey) => ({
        apiId: "k28ihy1li5",
        routeKey,
        target: `integrations/${id}`,
      })),
    );
  });

  it("has a stage named for the stack, with both throttle numbers and an access log", () => {
    const { inputs, options } = dev.one("Stage");
    assert.equal(inputs.name, "dev");
    assert.equal(inputs.autoDeploy, true);
    assert.deepEqual(inputs.defaultRouteSettings, { throttlingRateLimit: 10, throttlingBurstLimit: 20 });
    const { destinationArn, format } = inputs.accessLogSettings as { destinationArn: string; format: string };
    assert.equal(destinationArn, dev.named("LogGroup", "api-logs").outputs.arn);
    assert.equal(dev.named("LogGroup", "api-logs").inputs.name, "/aws/vendedlogs/apigateway/image-resizer-dev");
    assert.equal((JSON.parse(format) as { status: string }).status, "$context.status");
    assert.deepEqual(options.dependsOn, ["api-get", "api-head"]);
  });

  it("is throttled as the stack says", async () => {
    const prod = await register({ stack: "prod" });
    assert.equal(prod.one("Stage").inputs.name, "prod");
    assert.deepEqual(prod.one("Stage").inputs.defaultRouteSettings, {
      throttlingRateLimit: 200,
      throttlingBurstLimit: 400,
    });
  });

  it("may call the function for its route, and for no other", () => {
    assert.deepEqual(
      dev.all("Permission").map(({ inputs }) => inputs),
      ["GET", "HEAD"].map((method) => ({
        action: "lambda:InvokeFunction",
        function: "image-resizer-dev-resizer",
        principal: "apigateway.amazonaws.com",
        sourceArn: `${EXECUTION_ARN}/dev/${method}/resizer`,
      })),
    );
  });
});
