import assert from "node:assert/strict";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import { readHttpApi } from "../../api/http-api";
import { LOCAL_ACCOUNT_ID, UserError } from "@image-resizer/lib/program";
import { apiResources, FUNCTION_ARN, type Invoke, returns, startApi, targetOf } from "../support/api-resources";
import { freedAfterEach } from "../support/freed";
import type { Ask } from "../support/http";
import { resource } from "../support/resources";

describe("routes of the local HTTP API", () => {
  const free = freedAfterEach();
  const start = (invoke: Invoke, resources = apiResources()) => startApi(free, invoke, resources);
  const json = ({ body }: { body: Buffer }) => JSON.parse(body.toString()) as unknown;

  describe("of one path", () => {
    it("serves exact routes of the stage alone", async () => {
      const { get } = await start(returns({ statusCode: 200 }));
      assert.equal((await get("/prod/resizer")).status, 200);
      const others: [string, Ask?][] = [
        ["/resizer"],
        ["/dev/resizer"],
        ["/prod/resizer/"],
        ["/prod/Resizer"],
        ["/prod"],
        ["/production/resizer"],
        ["/prod/resizer", { method: "POST", body: "x" }],
      ];
      for (const [path, more] of others) {
        const answer = await get(path, more);
        assert.deepEqual([path, answer.status, json(answer)], [path, 404, { message: "Not Found" }]);
      }
    });

    const route = resource("aws:apigatewayv2/route:Route", "put", {
      routeKey: "PUT /resizer",
      target: "integrations/integration-id",
    });
    for (const [resources, message] of [
      [
        apiResources({ api: { disableExecuteApiEndpoint: true } }),
        'aws:apigatewayv2/api:Api "api" cannot be served: disableExecuteApiEndpoint: the local stack does not serve it',
      ],
      [
        apiResources({ integration: { integrationUri: "arn:other" } }),
        'the integration "integration" calls no declared function',
      ],
      [
        apiResources({ stage: { name: "$default" } }),
        'aws:apigatewayv2/stage:Stage "stage" cannot be served: name: the local stack serves stages with a name',
      ],
      [
        apiResources({ stage: { autoDeploy: false } }),
        'aws:apigatewayv2/stage:Stage "stage" cannot be served: autoDeploy: Invalid input: expected true',
      ],
      [
        apiResources({ permission: { sourceAccount: LOCAL_ACCOUNT_ID } }),
        'aws:lambda/permission:Permission "permission" cannot be served: sourceAccount: the local stack does not serve it',
      ],
      [
        [...apiResources(), route],
        'the local stack serves routes of GET or HEAD and one path or all paths below it, not "PUT /resizer"',
      ],
    ] as const) {
      it(`are rejected at the start: ${message}`, () => {
        assert.throws(() => readHttpApi(resources, [targetOf(returns(1))]), new UserError(message));
      });
    }
  });

  describe("permission to invoke", () => {
    const execute = `arn:aws:execute-api:eu-central-1:${LOCAL_ACCOUNT_ID}:abc123`;
    const cases: [what: string, permission: Record<string, unknown>, status: number][] = [
      ["the exact route", { sourceArn: `${execute}/prod/GET/resizer` }, 200],
      ["any route", { sourceArn: `${execute}/*` }, 200],
      ["the function's ARN", { function: FUNCTION_ARN }, 200],
      ["another route", { sourceArn: `${execute}/prod/POST/resizer` }, 500],
      ["another stage", { sourceArn: `${execute}/dev/*/resizer` }, 500],
      ["another API", { sourceArn: `arn:aws:execute-api:eu-central-1:${LOCAL_ACCOUNT_ID}:zzz/*` }, 500],
      ["another principal", { principal: "s3.amazonaws.com" }, 500],
      ["another function", { function: "other" }, 500],
      ["another action", { action: "lambda:GetFunction" }, 500],
    ];
    for (const [what, permission, status] of cases) {
      it(`${what}: ${status}`, async () => {
        let invoked = 0;
        const { get } = await start((event, id) => {
          invoked++;
          return returns({ statusCode: 200 })(event, id);
        }, apiResources({ permission }));
        const answer = await get("/prod/resizer");
        assert.equal(answer.status, status);
        assert.equal(invoked, status === 200 ? 1 : 0);
        if (status === 500) assert.deepEqual(json(answer), { message: "Internal Server Error" });
      });
    }
  });

  describe("a route for every path below one", () => {
    const greedy = () => {
      const target = "integrations/integration-id";
      const others = apiResources({
        permission: { sourceArn: "arn:aws:execute-api:eu-central-1:123456789012:abc123/prod/GET/resizer/*" },
      }).filter(({ type }) => !type.endsWith(":Route"));
      return [...others, resource("aws:apigatewayv2/route:Route", "get", { routeKey: "GET /resizer/{key+}", target })];
    };

    it("hands the path on decoded, and cut at a question mark, as HTTP APIs do", async () => {
      const paths: (readonly [string, string])[] = [];
      const { get } = await start((event) => {
        const { rawPath, rawQueryString } = event as APIGatewayProxyEventV2;
        paths.push([rawPath, rawQueryString]);
        return returns({ statusCode: 204 })(event, "");
      }, greedy());
      assert.equal((await get("/prod/resizer/p_1/640w/a%20b%25.jpg?key=a%20b")).status, 204);
      assert.equal((await get("/prod/resizer/p_1/640w/what%3F.jpg")).status, 204);
      assert.deepEqual(paths, [
        ["/prod/resizer/p_1/640w/a b%.jpg", "key=a%20b"],
        ["/prod/resizer/p_1/640w/what", ""],
      ]);
    });

    it("is for nothing beside it, and for no other method", async () => {
      const { get } = await start(returns({ statusCode: 204 }), greedy());
      for (const path of ["/prod/resizer", "/prod/resizer/", "/prod/resizers/a", "/resizer/a"]) {
        assert.equal((await get(path)).status, 404, path);
      }
      assert.equal((await get("/prod/resizer/a", { method: "HEAD" })).status, 404);
      assert.equal((await get("/prod/resizer/%zz")).status, 400);
    });
  });
});
