import assert from "node:assert/strict";
import { CloudFrontClient, CreateInvalidationCommand, ListInvalidationsCommand } from "@aws-sdk/client-cloudfront";
import { CloudFrontApi } from "../../cdn/cloudfront-api";
import type { LocalServer } from "../../http/server";
import { servePart } from "../../http/server";
import { declaredPolicies } from "../../iam/policies";
import { ADMINISTRATOR, Iam, type Principal, rolePrincipal } from "../../iam/iam";
import { LOCAL_ACCOUNT_ID } from "@image-resizer/lib/program";
import { type AccessKey, Credentials } from "../../aws/credentials";
import { LAMBDA_TRUST, policy } from "../s3/storage-helper";
import { Trace } from "../../trace";
import { ask } from "../support/http";
import { DISTRIBUTION_ARN, resource } from "../support/resources";

const ROLE_ARN = `arn:aws:iam::${LOCAL_ACCOUNT_ID}:role/purge`;

describe("CloudFront's API", () => {
  let served: LocalServer;
  let url: string;
  let dropped: ((target: string) => boolean)[];
  const credentials = new Credentials();

  before(async () => {
    const trace = new Trace();
    const statement = { Effect: "Allow", Action: "cloudfront:CreateInvalidation", Resource: DISTRIBUTION_ARN };
    const iam = new Iam(
      declaredPolicies([
        resource("aws:iam/role:Role", "purge", { assumeRolePolicy: LAMBDA_TRUST }, { arn: ROLE_ARN, name: "purge" }),
        resource("aws:iam/rolePolicy:RolePolicy", "policy", { role: "purge", policy: policy([statement]) }),
      ]),
      LOCAL_ACCOUNT_ID,
      trace,
    );
    const cdn = { invalidate: (matches: (target: string) => boolean) => dropped.push(matches) };
    const api = new CloudFrontApi({
      distribution: { arn: DISTRIBUTION_ARN },
      cdn: { invalidate: (matches) => void cdn.invalidate(matches) },
      iam,
      credentials,
    });
    served = await servePart("cloudfront", trace, 0, api.handle);
    url = `http://127.0.0.1:${served.port}`;
  });
  beforeEach(() => {
    dropped = [];
  });
  after(() => served.close());

  function client(principal: Principal, key: Partial<AccessKey> = {}): CloudFrontClient {
    return new CloudFrontClient({
      endpoint: url,
      region: "us-east-1",
      credentials: { ...credentials.issue(principal), ...key },
      maxAttempts: 1,
    });
  }
  function invalidation(paths: readonly string[], DistributionId = "E123", Quantity = paths.length) {
    const Paths = { Quantity, Items: [...paths] };
    return new CreateInvalidationCommand({ DistributionId, InvalidationBatch: { CallerReference: "1", Paths } });
  }
  const failsWith = (name: string, message: RegExp) => (error: Error) => {
    assert.equal(error.name, name);
    assert.match(error.message, message);
    return true;
  };

  it("drops what the paths mean, and says what became of it", async () => {
    const { Invalidation, Location } = await client(rolePrincipal(ROLE_ARN)).send(invalidation(["/a&b.jpg", "/c*"]));
    assert.equal(Invalidation?.Status, "InProgress");
    assert.deepEqual(Invalidation.InvalidationBatch?.Paths, { Quantity: 2, Items: ["/a&b.jpg", "/c*"] });
    assert.equal(Location, `${url}/2020-05-31/distribution/E123/invalidation/${Invalidation.Id ?? ""}`);
    assert.equal(dropped.length, 1);
    assert.deepEqual(
      ["/a&b.jpg", "/cd", "/e"].map((target) => dropped[0]?.(target)),
      [true, true, false],
    );
  });

  it("rejects what CloudFront rejects, by its names, and drops nothing", async () => {
    const role = client(rolePrincipal(ROLE_ARN));
    const administrator = client(ADMINISTRATOR);
    await assert.rejects(role.send(invalidation(["/a"], "E999")), failsWith("AccessDenied", /distribution\/E999/));
    await assert.rejects(administrator.send(invalidation(["/a"], "E999")), failsWith("NoSuchDistribution", /exist/));
    await assert.rejects(role.send(invalidation(["a"])), failsWith("InvalidArgument", /invalid invalidation paths/));
    await assert.rejects(role.send(invalidation(["/a"], "E123", 2)), failsWith("InconsistentQuantities", /Quantity/));
    await assert.rejects(
      client(ADMINISTRATOR, { secretAccessKey: "wrong" }).send(invalidation(["/a"])),
      failsWith("SignatureDoesNotMatch", /signature/),
    );
    await assert.rejects(
      client(ADMINISTRATOR, { accessKeyId: "AKIANOBODY" }).send(invalidation(["/a"])),
      failsWith("InvalidClientTokenId", /token/),
    );
    await assert.rejects(
      administrator.send(new ListInvalidationsCommand({ DistributionId: "E123" })),
      failsWith("UnsupportedOperation", /The local stack does not serve GET/),
    );
    const unsigned = await ask(`${url}/2020-05-31/distribution/E123/invalidation`, { method: "POST", body: "<x/>" });
    assert.equal(unsigned.status, 403);
    assert.match(unsigned.body.toString(), /<Code>MissingAuthenticationToken<\/Code>/);
    assert.deepEqual(dropped, []);
  });
});
