import type { S3Client } from "@aws-sdk/client-s3";
import { type AllowList, parseVariantKey } from "../../../functions/variant-key";
import type { Cdn } from "../cdn/cdn";
import { splitTarget } from "../http/exchange";
import type { AccessKey } from "../aws/credentials";
import type { ObjectStore } from "../s3/object-store";
import type { Original, OriginalsPage } from "./contract";

export interface OriginalsOptions {
  readonly bucket: string;
  readonly objects: ObjectStore;
  readonly allowList: AllowList;
  readonly s3: { readonly url: string; readonly region: string; readonly accessKey: AccessKey };
  readonly cdn: Pick<Cdn, "invalidate">;
}

const PAGE_LENGTH = 60;

/** The originals of the bucket: read straight from it, and written through S3 as an administrator would. */
export class Originals {
  readonly #options: OriginalsOptions;
  #client: Promise<S3Client> | undefined;

  constructor(options: OriginalsOptions) {
    this.#options = options;
  }

  /** A page of originals: the keys after one, those that contain a text (in any case) only. */
  async page(after: string, search: string): Promise<OriginalsPage> {
    const { objects } = this.#options;
    const wanted = search.toLowerCase();
    const keys: string[] = [];
    for (const key of objects.keys()) {
      if (key.toLowerCase().includes(wanted) && !(await this.#isVariant(key))) keys.push(key);
    }
    keys.sort();
    const rest = keys.filter((key) => key > after);
    const originals = await Promise.all(rest.slice(0, PAGE_LENGTH).map((key) => this.find(key)));
    return {
      originals: originals.filter((original) => original !== undefined),
      total: keys.length,
      isMore: rest.length > PAGE_LENGTH,
    };
  }

  async find(key: string): Promise<Original | undefined> {
    const object = await this.#options.objects.get(key);
    return object && { key, bytes: object.size, etag: object.etag };
  }

  /** Puts an original in place of what was there, and forgets the variants of that. */
  async put(key: string, contentType: string, body: Buffer): Promise<void> {
    const { bucket } = this.#options;
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    const client = await this.#s3();
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType }));
    await this.forgetVariants(key);
  }

  /** Deletes the variants of an original from the bucket, then from the CDN's cache, with refusals that it holds of them. */
  async forgetVariants(original: string): Promise<void> {
    const { bucket, objects, cdn } = this.#options;
    const variants = [...objects.keys()].filter((key) => this.#originalOf(key) === original);
    if (variants.length > 0) {
      const { DeleteObjectsCommand } = await import("@aws-sdk/client-s3");
      const client = await this.#s3();
      const Objects = variants.map((Key) => ({ Key }));
      await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
    }
    cdn.invalidate((target) => {
      const key = keyOf(target);
      return key === original || this.#originalOf(key) === original;
    });
  }

  #originalOf(key: string): string | undefined {
    const parsed = parseVariantKey(key, this.#options.allowList);
    return "refused" in parsed ? undefined : parsed.original;
  }

  /** An object that is called like a variant and has no original is one itself. */
  async #isVariant(key: string): Promise<boolean> {
    const original = this.#originalOf(key);
    return original !== undefined && (await this.#options.objects.get(original)) !== undefined;
  }

  #s3(): Promise<S3Client> {
    const { url, region, accessKey } = this.#options.s3;
    // Which Node this machine has is not the page's affair.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
    this.#client ??= import("@aws-sdk/client-s3").then(
      ({ S3Client }) => new S3Client({ endpoint: url, region, credentials: accessKey, forcePathStyle: true }),
    );
    return this.#client;
  }
}

/** The key that a target of the CDN asks for. */
function keyOf(target: string): string {
  const path = splitTarget(target)[0].slice(1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
