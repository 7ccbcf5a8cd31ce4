/** An IAM policy document, as parsed JSON. */
export type PolicyDocument = Readonly<Record<string, unknown>>;

/** What is attached to a role, by the name of the policy. */
export interface RolePolicies {
  readonly trust: PolicyDocument;
  readonly policies: ReadonlyMap<string, PolicyDocument>;
  readonly boundary?: PolicyDocument;
}

/** The policies in force. Every change counts `version` up, so that what was decided before is decided anew. */
export interface PolicyStore {
  readonly version: number;
  role(arn: string): RolePolicies | undefined;
  bucketPolicy(bucket: string): PolicyDocument | undefined;
  /** Attaches a policy to a role in place of one of the same name; `undefined` detaches it. */
  setRolePolicy(roleArn: string, name: string, document: PolicyDocument | undefined): void;
  /** Replaces the bucket's policy; `undefined` deletes it. */
  setBucketPolicy(bucket: string, document: PolicyDocument | undefined): void;
}
