import type { S3Client } from "@aws-sdk/client-s3";
import { type AllowList, parseVariantKey } from "../../../functions/variant-key";
import { splitTarget } from "../http/exchange";
import type { Original, OriginalsPage } from "./contract";
import type { GalleryOptions } from "./gallery";

const PAGE_LENGTH = 60;

/** The originals of the bucket: read straight from it, and written through S3 as an administrator would. */
export class Originals {
  readonly #options: GalleryOptions;
  readonly #allowList: AllowList;
  readonly #writing = new Set<string>();
  #client: Promise<S3Client> | undefined;

  constructor(options: GalleryOptions, allowList: AllowList) {
    this.#options = options;
    this.#allowList = allowList;
  }

  /** Returns a page of originals after a key, of those whose keys contain a text in any case. */
  async page(after: string, search: string): Promise<OriginalsPage> {
    const keys: string[] = [];
    for (const key of this.#options.objects.keys()) {
      if (key.toLowerCase().includes(search.toLowerCase()) && !(await this.#isVariant(key))) keys.push(key);
    }
    const rest = keys.sort().filter((key) => key > after);
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

  /** Tells whether a write of this key is the gallery's own, whose variants are not deleted yet. */
  isWriting(key: string): boolean {
    return this.#writing.has(key);
  }

  /** Creates or replaces an original, and deletes the variants of the replaced one. */
  async put(key: string, contentType: string, body: Buffer): Promise<void> {
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    const client = await this.#s3();
    this.#writing.add(key);
    try {
      const Bucket = this.#options.bucket;
      await client.send(new PutObjectCommand({ Bucket, Key: key, Body: body, ContentType: contentType }));
      await this.deleteVariants(key);
    } finally {
      this.#writing.delete(key);
    }
  }

  /** Deletes the variants of an original from the bucket, then from the CDN's cache, with the errors cached for them. */
  async deleteVariants(original: string): Promise<void> {
    const { bucket, objects, cdn } = this.#options;
    const Objects = [...objects.keys()].filter((key) => this.#originalOf(key) === original).map((Key) => ({ Key }));
    if (Objects.length > 0) {
      const { DeleteObjectsCommand } = await import("@aws-sdk/client-s3");
      const client = await this.#s3();
      await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } }));
    }
    cdn.invalidate((target) => {
      const key = keyOf(target);
      return key === original || this.#originalOf(key) === original;
    });
  }

  #originalOf(key: string): string | undefined {
    const parsed = parseVariantKey(key, this.#allowList);
    return "refused" in parsed ? undefined : parsed.original;
  }

  /** An object that is named like a variant and has no original is one itself. */
  async #isVariant(key: string): Promise<boolean> {
    const original = this.#originalOf(key);
    return original !== undefined && (await this.#options.objects.get(original)) !== undefined;
  }

  #s3(): Promise<S3Client> {
    const { run, endpoints, accessKey } = this.#options;
    // The SDK warns of old versions of Node.js, which does not help the user of the page.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
    this.#client ??= import("@aws-sdk/client-s3").then(
      ({ S3Client }) =>
        new S3Client({ endpoint: endpoints.s3, region: run.region, credentials: accessKey, forcePathStyle: true }),
    );
    return this.#client;
  }
}

/** Returns the key that a target of the CDN names. */
function keyOf(target: string): string {
  const path = splitTarget(target)[0].slice(1);
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
