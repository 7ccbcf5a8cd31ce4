import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** CloudFront takes certificates of this region only (CloudFront guide, "Requirements for using certificates"). */
const CERTIFICATE_REGION = "us-east-1";
/** Seconds that resolvers keep the record that proves the domain. */
const PROOF_TTL = 300;
const ADDRESS_TYPES = ["A", "AAAA"];

export interface CdnDomainArgs {
  /** `images.example.com` */
  readonly domainName: string;
  /** The Route 53 zone that gets the records; undefined where they are created elsewhere, by hand. */
  readonly hostedZoneId: string | undefined;
  /** An existing certificate in us-east-1; undefined for one of the stack's own, proved in the domain's zone. */
  readonly certificateArn: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * A host name of the stack's own for the CDN: its certificate, and its records. What there is already, or is kept
 * elsewhere, is not made.
 */
export class CdnDomain extends pulumi.ComponentResource {
  readonly name: string;
  /** Of a certificate that is issued: ready for a distribution. */
  readonly certificateArn: pulumi.Output<string>;
  readonly #name: string;
  readonly #zoneId: string | undefined;

  constructor(name: string, args: CdnDomainArgs, opts?: pulumi.ComponentResourceOptions) {
    super("image-resizer:infra:CdnDomain", name, {}, opts);
    this.#name = name;
    this.name = args.domainName;
    this.#zoneId = args.hostedZoneId;

    this.certificateArn =
      args.certificateArn === undefined ? this.#certificate(args.tags) : pulumi.output(args.certificateArn);

    this.registerOutputs({ certificateArn: this.certificateArn });
  }

  /** Points the name at a distribution, where the stack has its zone. After the distribution, which must know the name. */
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
   * A certificate for the name, and its ARN once AWS has issued it. In its region by its own argument rather than by a
   * second provider, which would know neither the profile nor the role that the stack's config gives the first one.
   */
  #certificate(tags: Readonly<Record<string, string>>): pulumi.Output<string> {
    if (this.#zoneId === undefined) throw new Error(`there is no zone to prove ${this.name} in`);
    const certificate = new aws.acm.Certificate(
      `${this.#name}-certificate`,
      { region: CERTIFICATE_REGION, domainName: this.name, validationMethod: "DNS", tags: { ...tags } },
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
        // An account gets the same record for every certificate of a name: one of before may have it there already.
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
