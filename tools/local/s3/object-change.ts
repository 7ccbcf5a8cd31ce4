import type { StoredObject } from "./object-store";

/** A change of a bucket's objects, as S3 tells of it. */
export interface ObjectChange {
  readonly bucket: string;
  readonly key: string;
  /** The call that made it, as S3's events name it: `DeleteObject` stands for DeleteObjects too. */
  readonly reason: "PutObject" | "CopyObject" | "CompleteMultipartUpload" | "DeleteObject";
  /** What is there now; of a deletion nothing. */
  readonly object?: Pick<StoredObject, "size" | "etag">;
  /** Whether a deletion found anything to delete. */
  readonly existed?: boolean;
  /** The call; none for a file that somebody has edited in the folder of originals. */
  readonly call?: {
    /** The viewer's request that it belongs to. */
    readonly requestId: string;
    /** S3's own id of the call. */
    readonly amzRequestId: string;
    readonly sourceIp: string;
  };
}

/** Where changes are told of, and whoever listens; by default nobody does. */
export class ChangeFeed {
  #listener: (change: ObjectChange) => Promise<void> = () => Promise.resolve();

  listen(listener: (change: ObjectChange) => Promise<void>): void {
    this.#listener = listener;
  }

  /** Resolves when the listener has taken note of it. */
  report(change: ObjectChange): Promise<void> {
    return this.#listener(change);
  }
}
