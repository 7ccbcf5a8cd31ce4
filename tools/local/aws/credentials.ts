import { randomBytes } from "node:crypto";
import type { Principal } from "../iam/iam";

/** An access key in the form of the SDKs. */
export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Part of temporary credentials: a role's. */
  readonly sessionToken?: string;
}

/** Owner of an access key. */
export interface Identity {
  readonly key: AccessKey;
  readonly principal: Principal;
  /** Id of the client's request that calls with this key belong to. */
  readonly requestId?: string;
}

/** Access keys that the local endpoints accept. */
export class Credentials {
  readonly #identities = new Map<string, Identity>();

  /** Creates a key for one caller, which identifies its calls. */
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

  /** Revokes a key: later calls with it are rejected. */
  revoke(accessKeyId: string): void {
    this.#identities.delete(accessKeyId);
  }

  /** Sets the client's request that later calls with this key belong to; `undefined` for none. */
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
