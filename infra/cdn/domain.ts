import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config";

/** CloudFront accepts certificates of this region only (CloudFront guide, "Requirements for using certificates"). */
const CERTIFICATE_REGION = "us-east-1";
/** Seconds that resolvers keep the record that proves the domain. */
const PROOF_TTL = 300;
const ADDRESS_TYPES = ["A", "AAAA"];

export interface CdnDomainArgs {
  readonly domain: NonNullable<StackConfig["cdn"]["domain"]>;
}

/** A host name of your own for the CDN: its certificate and its records, as far as the stack creates them. */
export class CdnDomain extends pulumi.ComponentResource {
  readonly name: string;
  /** ARN of an issued certificate, ready for a distribution. */
  readonly certificateArn: pulumi.Output<string>;
  readonly #name: string;
  readonly #zoneId: string | undefined;

  constructor(name: string, args: CdnDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:CdnDomain", name, {}, opts);
    this.#name = name;
    this.name = args.domain.name;
    this.#zoneId = args.domain.hostedZoneId;

    const { certificateArn } = args.domain;
    this.certificateArn = certificateArn === undefined ? this.#createCertificate() : pulumi.output(certificateArn);

    this.registerOutputs({ certificateArn: this.certificateArn });
  }

  /** Points the name at a distribution that knows it, where the stack has its zone. */
  pointAt(distribution: { readonly host: pulumi.Input<string>; readonly hostZoneId: pulumi.Input<string> }): void {
    if (this.#zoneId === undefined) return;
    for (const type of ADDRESS_TYPES) {
      new aws.route53.Record(
        `${this.#name}-${type.toLowerCase()}`,
        {
          zoneId: this.#zoneId,
          name: this.name,
          type,
          aliases: [{ name: distribution.host, zoneId: distribution.hostZoneId, evaluateTargetHealth: false }],
        },
        { parent: this },
      );
    }
  }

  /**
   * Returns the ARN of a certificate for the name, once AWS has issued it. In its region by its own argument rather than by
   * a second provider, which would know neither the profile nor the role that the stack's config gives the first one.
   */
  #createCertificate(): pulumi.Output<string> {
    if (this.#zoneId === undefined) throw new Error(`there is no zone to prove ${this.name} in`);
    const certificate = new aws.acm.Certificate(
      `${this.#name}-certificate`,
      { region: CERTIFICATE_REGION, domainName: this.name, validationMethod: "DNS" },
      { parent: this },
    );
    // One name takes one proof.
    const proof = pulumi.output(certificate.domainValidationOptions[0]);
    const record = new aws.route53.Record(
      `${this.#name}-proof`,
      {
        zoneId: this.#zoneId,
        name: proof.apply((it) => it?.resourceRecordName ?? ""),
        type: "CNAME",
        records: [proof.apply((it) => it?.resourceRecordValue ?? "")],
        ttl: PROOF_TTL,
        // An account gets the same record for every certificate of a name: an earlier one may have created it.
        allowOverwrite: true,
      },
      { parent: this },
    );
    const validation = new aws.acm.CertificateValidation(
      `${this.#name}-validation`,
      { region: CERTIFICATE_REGION, certificateArn: certificate.arn, validationRecordFqdns: [record.fqdn] },
      { parent: this },
    );
    return validation.certificateArn;
  }
}
