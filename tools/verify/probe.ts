import sharp from "sharp";
import type { Target } from "@image-resizer/lib/target";
import { encodeKey, formatSpec, parseSize, type Spec } from "../../functions/variant-key";
import { type Answer, type Ask, ask, follow, locationOf } from "./answers";
import { HEIGHT, WIDTH } from "./originals";

/** Size that is asked of a stack that allows every size. */
const ANY_SIZE = "64w";

/** A stack as the checks ask it, and their words for its answers. */
export class Probe {
  readonly spec: Spec;
  readonly redirects: boolean;
  /** Width and height of the variant; undefined for a cropped one, which depends on `image.fit`. */
  readonly dimensions: string | undefined;
  readonly #origins: readonly string[];

  constructor(
    readonly target: Target,
    /** Folder of the originals, with a slash at its end. */
    readonly prefix: string,
  ) {
    const { sizes } = target.allowList;
    const listed = sizes === "any" ? [ANY_SIZE] : sizes;
    const size = parseSize(listed.find((name) => /[wh]$/.test(name)) ?? listed[0] ?? ANY_SIZE);
    if (!size) throw new Error(`the stack lists ${listed.join(", ")}, which are no sizes`);
    this.spec = { size };
    this.dimensions = scaled(size);
    this.redirects = target.websiteEndpoint !== null;
    this.#origins = [target.cdnUrl, target.apiUrl].map((url) => new URL(url).origin);
  }

  /** Returns the URL at the CDN of an original's variant. */
  variantUrl(name: string, spec = formatSpec(this.spec)): string {
    return `${this.target.cdnUrl}/${encodeKey(this.key(name, spec))}`;
  }

  /** Returns the URL at the API itself of an original's variant. */
  apiUrl(name: string, spec = formatSpec(this.spec)): string {
    const key = this.key(name, spec);
    const route = this.redirects ? "/resizer" : `/resizer/${encodeKey(key)}`;
    return `${this.target.apiUrl}${route}?key=${encodeURIComponent(key)}`;
  }

  /** Returns the URL at S3 itself, which needs a signature or a public bucket. */
  bucketUrl(key: string): string {
    return `${this.target.s3Url}/${this.target.bucketName}/${encodeKey(key)}`;
  }

  key(name: string, spec: string): string {
    return `${this.prefix}${spec}/${name}`;
  }

  ask(url: string, init?: Ask): Promise<Answer> {
    return ask(url, init);
  }

  follow(url: string, init?: Ask): Promise<Answer[]> {
    return follow(this.#origins, url, init);
  }

  /** Returns the path that a response sends the client on, with what keeps caches from it. */
  describeRedirect(answer: Answer): string {
    const location = locationOf(answer) ?? "nowhere";
    const { apiUrl, cdnUrl } = this.target;
    const to = location.startsWith(`${apiUrl}/`) ? "the API" : location.startsWith(`${cdnUrl}/`) ? "the CDN" : location;
    const caching = answer.headers.get("cache-control");
    return `${answer.status} to ${to}${caching === null ? "" : ` (${caching})`}`;
  }

  /** Returns a whole way: its redirects, and the image or the error at its end. */
  async describeWay(answers: readonly Answer[]): Promise<string> {
    const hop = async (answer: Answer) => (locationOf(answer) ? this.describeRedirect(answer) : describe(answer));
    return (await Promise.all(answers.map(hop))).join(", ");
  }
}

/** Returns the status with the type of an image, as its bytes have it, or the code of an error. */
export async function describe({ status, headers, body }: Answer): Promise<string> {
  const type = headers.get("content-type") ?? "no type";
  if (type.startsWith("application/json")) return `${status} ${errorCode(body)}`;
  if (!type.startsWith("image/") || body.length === 0) return String(status);
  const { format } = await imageOf(body);
  return format === type ? `${status} ${type}` : `${status} ${type}, but ${format}`;
}

/** Returns an image's format, by its bytes, its dimensions, and what is left of its metadata. */
export async function imageOf(body: Buffer): Promise<{ format: string; dimensions: string; metadata: string }> {
  try {
    const { format, compression, width, height, exif, orientation } = await sharp(body).metadata();
    const name = format === "heif" && compression === "av1" ? "avif" : format;
    const metadata = exif === undefined && orientation === undefined ? "no metadata" : "metadata";
    return { format: `image/${name}`, dimensions: `${width}x${height}`, metadata };
  } catch {
    return { format: "no image", dimensions: "", metadata: "" };
  }
}

function errorCode(body: Buffer): string {
  try {
    const { error } = JSON.parse(body.toString()) as { readonly error?: unknown };
    return typeof error === "string" ? error : "without a code";
  } catch {
    return "without a code";
  }
}

/** Returns the dimensions of a variant in proportion, which is never enlarged; undefined for a cropped one. */
function scaled({ width, height }: Spec["size"]): string | undefined {
  if (width !== undefined && height !== undefined) return undefined;
  const scale = Math.min(1, (width ?? WIDTH) / WIDTH, (height ?? HEIGHT) / HEIGHT);
  return `${Math.round(WIDTH * scale)}x${Math.round(HEIGHT * scale)}`;
}
