/** An IAM policy document, as parsed JSON. */
export type PolicyDocument = Readonly<Record<string, unknown>>;

/** The policies of a role. */
export interface RolePolicies {
  /** Principals that may assume the role. */
  readonly trust: PolicyDocument;
  /** Inline and attached policies, by name. */
  readonly policies: ReadonlyMap<string, PolicyDocument>;
  readonly boundary?: PolicyDocument;
}

/** The settings of a bucket's public access block that concern its policy. */
export interface PublicAccessBlock {
  /** S3 rejects a public policy when it is put. */
  readonly blockPublicPolicy: boolean;
  /** A public policy opens the bucket to the account only. */
  readonly restrictPublicBuckets: boolean;
}

/** Active policies. */
export class PolicyStore {
  readonly #roles: Map<string, RolePolicies>;
  readonly #bucketPolicies: Map<string, PolicyDocument>;
  readonly #queuePolicies: ReadonlyMap<string, PolicyDocument>;
  readonly #publicAccessBlocks: ReadonlyMap<string, PublicAccessBlock>;

  /** @param roles and queue policies by ARN; bucket policies and public access blocks by bucket name. */
  constructor(
    roles: ReadonlyMap<string, RolePolicies>,
    bucketPolicies: ReadonlyMap<string, PolicyDocument>,
    publicAccessBlocks: ReadonlyMap<string, PublicAccessBlock>,
    queuePolicies: ReadonlyMap<string, PolicyDocument>,
  ) {
    this.#roles = new Map(roles);
    this.#bucketPolicies = new Map(bucketPolicies);
    this.#publicAccessBlocks = publicAccessBlocks;
    this.#queuePolicies = queuePolicies;
  }

  /** ARNs of the declared roles. */
  get roleArns(): string[] {
    return [...this.#roles.keys()];
  }

  role(arn: string): RolePolicies | undefined {
    return this.#roles.get(arn);
  }

  bucketPolicy(bucket: string): PolicyDocument | undefined {
    return this.#bucketPolicies.get(bucket);
  }

  queuePolicy(arn: string): PolicyDocument | undefined {
    return this.#queuePolicies.get(arn);
  }

  /** A bucket without a block of its own has everything blocked: S3's default for new buckets. */
  publicAccessBlock(bucket: string): PublicAccessBlock {
    return this.#publicAccessBlocks.get(bucket) ?? { blockPublicPolicy: true, restrictPublicBuckets: true };
  }

  /**
   * Attaches a policy to a role in place of one of the same name; `undefined` detaches it.
   * @throws Error for a role that the program does not declare.
   */
  setRolePolicy(roleArn: string, name: string, document: PolicyDocument | undefined): void {
    const role = this.#roles.get(roleArn);
    if (!role) throw new Error(`no role ${roleArn}`);
    const policies = new Map(role.policies);
    if (document) policies.set(name, document);
    else policies.delete(name);
    this.#roles.set(roleArn, { ...role, policies });
  }

  /** Replaces the bucket's policy; `undefined` deletes it. */
  setBucketPolicy(bucket: string, document: PolicyDocument | undefined): void {
    if (document) this.#bucketPolicies.set(bucket, document);
    else this.#bucketPolicies.delete(bucket);
  }
}
