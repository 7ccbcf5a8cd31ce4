import assert from "node:assert/strict";
import { register, type Registered } from "../../support/program";

const NAME = "images.example.com";
const ZONE = "Z0123456789";
const THEIRS = "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012";
const TARGET = "d1p41knyaaw8le.cloudfront.net";

describe("CdnDomain", () => {
  let own: Registered;
  let given: Registered;
  let elsewhere: Registered;

  before(async () => {
    own = await register({
      stack: "dev",
      config: { "cdn.domain": { name: NAME, hostedZoneId: ZONE }, "aws:region": "eu-central-1" },
    });
    given = await register({
      stack: "dev",
      config: { "cdn.domain": { name: NAME, hostedZoneId: ZONE, certificateArn: THEIRS } },
    });
    elsewhere = await register({ stack: "dev", config: { "cdn.domain": { name: NAME, certificateArn: THEIRS } } });
  });

  it("points the name at the distribution, for IPv4 and IPv6, over no record that is there", () => {
    for (const stack of [own, given]) {
      for (const [name, type] of [
        ["domain-a", "A"],
        ["domain-aaaa", "AAAA"],
      ] as const) {
        assert.deepEqual(stack.named("Record", name).inputs, {
          zoneId: ZONE,
          name: NAME,
          type,
          aliases: [{ name: TARGET, zoneId: "Z2FDTNDATAQYW2", evaluateTargetHealth: false }],
        });
      }
    }
  });

  it("uses a certificate that exists, and creates none", () => {
    for (const stack of [given, elsewhere]) {
      assert.deepEqual([...stack.all("Certificate"), ...stack.all("CertificateValidation")], []);
    }
    assert.equal(given.all("Record").length, 2);
  });

  it("makes no records without a zone, and the stack says what to point the name at", () => {
    assert.deepEqual(elsewhere.all("Record"), []);
    for (const stack of [own, given, elsewhere]) assert.equal(stack.run.outputs.domainTarget, TARGET);
  });

  it("sets the distribution's name and the certificate, with TLS 1.2 at least", () => {
    for (const [stack, certificate] of [
      [own, own.one("Certificate").outputs.arn],
      [given, THEIRS],
      [elsewhere, THEIRS],
    ] as const) {
      const { aliases, viewerCertificate } = stack.one("Distribution").inputs;
      assert.deepEqual(aliases, [NAME]);
      assert.deepEqual(viewerCertificate, {
        acmCertificateArn: certificate,
        sslSupportMethod: "sni-only",
        minimumProtocolVersion: "TLSv1.2_2021",
      });
    }
  });

  it("is where redirects and outputs lead", () => {
    for (const stack of [own, given, elsewhere]) {
      const { variables } = stack.one("Function").inputs.environment as { variables: Record<string, string> };
      assert.equal(variables.CDN_URL, `https://${NAME}`);
      assert.equal(stack.run.outputs.cdnUrl, `https://${NAME}`);
      assert.equal(stack.run.outputs.exampleUrl, `https://${NAME}/200x150/photo.jpg`);
    }
  });

  it("serves either delivery", async () => {
    const failover = await register({
      stack: "dev",
      config: { "cdn.domain": { name: NAME, hostedZoneId: ZONE }, "cdn.delivery": "failover" },
    });
    assert.equal(failover.run.outputs.cdnUrl, `https://${NAME}`);
    assert.equal(failover.all("Record").length, 3);
    assert.deepEqual(failover.one("Distribution").inputs.aliases, [NAME]);
  });

  it("is known in a preview: the name, where it leads, and every document", async () => {
    const preview = await register({
      stack: "dev",
      config: { "cdn.domain": { name: NAME, hostedZoneId: ZONE }, "aws:region": "eu-central-1" },
      preview: true,
    });
    for (const type of ["Bucket", "BucketPolicy", "Certificate"]) {
      assert.deepEqual(preview.one(type).inputs, own.one(type).inputs);
    }
    assert.deepEqual(preview.one("RolePolicy").inputs.policy, own.one("RolePolicy").inputs.policy);
    assert.deepEqual(preview.one("Distribution").inputs.aliases, [NAME]);
    assert.deepEqual(preview.one("Function").inputs.environment, own.one("Function").inputs.environment);
  });
});
