import type { S3 } from "@aws-sdk/client-s3";
import { type AllowList, parseVariantKey } from "../../../functions/variant-key";
import { splitTarget } from "../http/exchange";
import type { Hop } from "../trace";
import type { OriginalsPage } from "./contract";
import type { GalleryOptions } from "./gallery";

/** The originals of the bucket: read straight from it, and written through S3 as an administrator would. */
export class Originals {
  readonly #options: GalleryOptions;
  readonly #allowList: AllowList;
  readonly #writing = new Set<string>();
  #client: Promise<S3> | undefined;

  constructor(options: GalleryOptions, allowList: AllowList) {
    this.#options = options;
    this.#allowList = allowList;
  }

  /** Returns the first originals whose keys contain a text in any case. */
  async page(search: string, count: number): Promise<OriginalsPage> {
    const { objects } = this.#options;
    const keys = new Set(objects.keys());
    // An object that is named like a variant and has no original is one itself.
    const isOriginal = (key: string) => !keys.has(this.#originalOf(key) ?? "");
    const found = [...keys].filter((key) => key.toLowerCase().includes(search.toLowerCase()) && isOriginal(key)).sort();
    const shown = await Promise.all(found.slice(0, count).map((key) => objects.get(key)));
    const originals = shown.flatMap((object) => (object ? [{ key: object.key, bytes: object.size }] : []));
    return { originals, total: found.length };
  }

  /** Returns the size of the original that a hop delivers a variant of. */
  async bytesBehind({ part, what, entry, status }: Hop): Promise<number | undefined> {
    const [, target] = part === "cdn" && entry && status === 200 ? (/^GET (.*)$/.exec(what) ?? []) : [];
    const original = target === undefined ? undefined : this.#originalOf(keyOf(target));
    return original === undefined ? undefined : (await this.#options.objects.get(original))?.size;
  }

  /** Tells whether a write of this key is the gallery's own, whose variants are not deleted yet. */
  isWriting(key: string): boolean {
    return this.#writing.has(key);
  }

  /** Creates or replaces an original, and deletes the variants of the replaced one. */
  async put(key: string, contentType: string, body: Buffer): Promise<void> {
    const s3 = await this.#s3();
    this.#writing.add(key);
    try {
      await s3.putObject({ Bucket: this.#options.bucket, Key: key, Body: body, ContentType: contentType });
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
      const s3 = await this.#s3();
      await s3.deleteObjects({ Bucket: bucket, Delete: { Objects, Quiet: true } });
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

  #s3(): Promise<S3> {
    const { run, endpoints, accessKey } = this.#options;
    // The SDK warns of old versions of Node.js, which does not help the user of the page.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";
    this.#client ??= import("@aws-sdk/client-s3").then(({ S3 }) => {
      return new S3({ endpoint: endpoints.s3, region: run.region, credentials: accessKey, forcePathStyle: true });
    });
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
