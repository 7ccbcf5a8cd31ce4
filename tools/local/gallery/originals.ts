import { readFile } from "node:fs/promises";
import type { S3 } from "@aws-sdk/client-s3";
import { type AllowList, parseVariantKey } from "../../../functions/variant-key";
import { splitTarget } from "../http/exchange";
import type { Hop } from "../trace";
import type { Original, OriginalsPage } from "./contract";
import type { GalleryOptions } from "./gallery";
import { reject } from "./rejection";

/** The originals of the bucket: read straight from it, and written through S3 as an administrator would. */
export class Originals {
  readonly #options: GalleryOptions;
  readonly #allowList: AllowList;
  readonly #writing = new Set<string>();
  /** Those that were put since the stack started, the latest last. */
  readonly #put = new Set<string>();
  #client: Promise<S3> | undefined;

  constructor(options: GalleryOptions, allowList: AllowList) {
    this.#options = options;
    this.#allowList = allowList;
  }

  /** Returns some of the originals whose keys contain a text in any case. */
  async page(search: string, from: number, count: number): Promise<OriginalsPage> {
    const found = this.#find(search);
    const shown = await Promise.all(found.slice(from, from + count).map((key) => this.#options.objects.get(key)));
    const originals = shown.flatMap((object) => (object ? [{ key: object.key, bytes: object.size }] : []));
    return { originals, total: found.length };
  }

  /** Returns an original, its content, and the keys beside it among those that match. @throws Rejection */
  async read(key: string, search: string) {
    const object = await this.#options.objects.get(key);
    if (!object) return reject(404, `There is no original ${key}.`);
    const original: Original = { key, bytes: object.size };
    const found = this.#find(search);
    const index = found.indexOf(key);
    const beside = { previous: found[index - 1], next: index === -1 ? undefined : found[index + 1] };
    return { original, beside, content: await readFile(object.file) };
  }

  /** Sorts an original that was put before all others. */
  notePut(key: string): void {
    this.#put.delete(key);
    this.#put.add(key);
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
    await this.#write(key, (s3) => {
      return s3.putObject({ Bucket: this.#options.bucket, Key: key, Body: body, ContentType: contentType });
    });
    this.notePut(key);
  }

  /** Deletes an original and its variants. */
  delete(key: string): Promise<void> {
    return this.#write(key, (s3) => s3.deleteObject({ Bucket: this.#options.bucket, Key: key }));
  }

  async #write(key: string, write: (s3: S3) => Promise<unknown>): Promise<void> {
    this.#writing.add(key);
    try {
      await write(await this.#s3());
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

  /** Returns the keys of the originals that match: those that were put last first, then by their names. */
  #find(search: string): string[] {
    const keys = new Set(this.#options.objects.keys());
    // An object that is named like a variant and has no original is one itself.
    const isFound = (key: string) =>
      key.toLowerCase().includes(search.toLowerCase()) && !keys.has(this.#originalOf(key) ?? "");
    const found = [...keys].filter(isFound).sort();
    const put = [...this.#put].filter((key) => keys.has(key) && isFound(key)).reverse();
    return [...put, ...found.filter((key) => !this.#put.has(key))];
  }

  #originalOf(key: string): string | undefined {
    const parsed = parseVariantKey(key, this.#allowList);
    return "refused" in parsed ? undefined : parsed.original;
  }

  #s3(): Promise<S3> {
    const { run, endpoints, accessKey } = this.#options;
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
