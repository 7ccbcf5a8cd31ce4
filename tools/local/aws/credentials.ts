import { randomBytes } from "node:crypto";
import type { Principal } from "../iam/principal";

/** An access key as an SDK takes it. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Only a role's: temporary credentials have one. */
  readonly sessionToken?: string;
}

/** What is known of an access key. */
export interface Identity {
  readonly key: AccessKey;
  readonly principal: Principal;
  /** The viewer's request that calls with this key belong to. */
  readonly requestId?: string;
}

/** The access keys that the S3 endpoint knows. */
export class Credentials {
  readonly #identities = new Map<string, Identity>();

  /** A new key of its own, so that the caller's S3 calls can be told from others'. */
  issue(principal: Principal): AccessKey {
    const isTemporary = principal.kind === "role";
    const key: AccessKey = {
      accessKeyId: (isTemporary ? "ASIA" : "AKIA") + randomBytes(8).toString("hex").toUpperCase(),
      secretAccessKey: randomBytes(30).toString("base64url"),
      ...(isTemporary ? { sessionToken: randomBytes(96).toString("base64url") } : {}),
    };
    this.#identities.set(key.accessKeyId, { key, principal });
    return key;
  }

  /** The key's owner ended: later calls with it are refused. */
  revoke(accessKeyId: string): void {
    this.#identities.delete(accessKeyId);
  }

  /** The viewer's request that calls with this key belong to from now on; `undefined` for none. */
  setRequestId(accessKeyId: string, requestId: string | undefined): void {
    const identity = this.#identities.get(accessKeyId);
    if (!identity) return;
    const { key, principal } = identity;
    this.#identities.set(accessKeyId, { key, principal, ...(requestId === undefined ? {} : { requestId }) });
  }

  find(accessKeyId: string): Identity | undefined {
    return this.#identities.get(accessKeyId);
  }
}
