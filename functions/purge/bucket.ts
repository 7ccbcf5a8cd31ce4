import {
  DeleteObjectsCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { ORIGINAL_ETAG } from "../shared/object-metadata";

/** The bucket, as far as the purge function needs it. */
export interface Bucket {
  /** The entity tag of an original, without quotes; undefined where there is none. */
  etagOf(original: string): Promise<string | undefined>;
  /** The entity tag of the original that a variant was created from; undefined where there is no such variant. */
  originalEtagOf(variant: string): Promise<string | undefined>;
  /** @throws Error that names the first that could not be deleted */
  delete(variants: readonly string[]): Promise<void>;
}

export class S3Bucket implements Bucket {
  readonly #client: S3Client;
  readonly #name: string;

  constructor(client: S3Client, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async etagOf(original: string): Promise<string | undefined> {
    return (await this.#head(original))?.ETag?.replaceAll('"', "");
  }

  async originalEtagOf(variant: string): Promise<string | undefined> {
    // An original in a folder named like a size is at such a key, too, and has no such metadata.
    return (await this.#head(variant))?.Metadata?.[ORIGINAL_ETAG];
  }

  async delete(variants: readonly string[]): Promise<void> {
    const Delete = { Objects: variants.map((Key) => ({ Key })), Quiet: true };
    const { Errors } = await this.#client.send(new DeleteObjectsCommand({ Bucket: this.#name, Delete }));
    const [error] = Errors ?? [];
    if (error) throw new Error(`${error.Key ?? "a variant"} could not be deleted: ${error.Code ?? "no reason given"}`);
  }

  /** Without s3:ListBucket S3 says 403 of what is not there, never 404 (S3 API reference, HeadObject). */
  async #head(key: string): Promise<HeadObjectCommandOutput | undefined> {
    try {
      return await this.#client.send(new HeadObjectCommand({ Bucket: this.#name, Key: key }));
    } catch (error) {
      const status = (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
      if (status === 403 || status === 404) return undefined;
      throw error;
    }
  }
}
