import type { Principal } from "../iam/principal";

/** An access key as an SDK takes it. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only a role's: temporary credentials have one. */
  readonly sessionToken?: string;
}

/** The access keys that the S3 endpoint knows. */
export interface Credentials {
  /** A new key of its own, so that the caller's S3 calls can be told from others'. */
  issue(principal: Principal): AccessKey;
  /** The key's owner ended: later calls with it are refused. */
  revoke(accessKeyId: string): void;
  /** The viewer's request that calls with this key belong to from now on; `undefined` for none. */
  setRequestId(accessKeyId: string, requestId: string | undefined): void;
}
