// What a front end needs to ask for variants. One file without dependencies: import it, or copy it into the shop.

export type Format = "jpeg" | "png" | "webp" | "avif";

/** A stack's CDN and what the stack makes: its outputs `cdnUrl` and `allowList`. */
export interface Cdn {
  /** `https://cdn.example.com`, with or without a slash at the end. */
  readonly url: string;
  /** The sizes on the allow-list, or `any` where the stack makes unlisted ones. */
  readonly sizes: readonly string[] | "any";
  /** The formats that a key may name. */
  readonly formats: readonly Format[];
  /** The longest side of a variant, in pixels. */
  readonly maxDimension: number;
}

/** How a picture is shown. */
export interface PictureOptions {
  /** Sizes that name a width, such as `320w` and `640w`: the candidates that the browser chooses from. */
  readonly sizes: readonly string[];
  /** HTML's `sizes`, how wide the picture is on the page: `(min-width: 800px) 50vw, 100vw`. */
  readonly layout: string;
  /** What the picture shows, for people who do not see it. */
  readonly alt: string;
  /** Formats to offer, the best first. Default: AVIF and WebP, where the stack is known to make them. */
  readonly formats?: readonly Format[];
}

/** The attributes of a `<picture>`: its `<source>`s in order, then its `<img>`. */
export interface Picture {
  readonly sources: readonly { readonly type: string; readonly srcset: string; readonly sizes: string }[];
  readonly img: { readonly src: string; readonly srcset: string; readonly sizes: string; readonly alt: string };
}

/** The longest key that S3 takes, in bytes of UTF-8. */
const MAX_KEY_BYTES = 1024;
const SIZE = /^(?:([1-9][0-9]*)x([1-9][0-9]*)|([1-9][0-9]*)w|([1-9][0-9]*)h)(?:\.(jpeg|png|webp|avif))?$/;

interface Spec {
  readonly size: string;
  readonly format?: Format;
  readonly width?: number;
  readonly height?: number;
}

/**
 * The URL of an original's variant: `variantUrl(cdn, "p_1/a b.jpg", "640w")` is `https://cdn.example.com/p_1/640w/a%20b.jpg`.
 * @param cdn the stack, or only its URL: then any size and format will do, and a key with a size in its folders is refused
 * @param key the original's key, as it is: not percent-encoded
 * @param size a size, with a format after a dot where one is wanted: `640w`, `360x270.webp`
 * @throws Error in one sentence for whatever the stack would refuse: a size or format that it does not make, a malformed key
 */
export function variantUrl(cdn: string | Cdn, key: string, size: string): string {
  const stack = typeof cdn === "string" ? anyVariantAt(cdn) : cdn;
  const spec = parseSpec(size);
  if (!spec) throw new Error(`"${size}" is no size: expected WxH, Ww or Hh, such as 360x270, 640w or 480h`);
  const folders = key.split("/");
  const file = folders.pop() ?? "";
  const segments = [...folders, size, file];
  const problem = malformation(segments) ?? refusal(stack, spec, folders);
  if (problem) throw new Error(`${JSON.stringify(key)} at ${size}: ${problem}`);
  return `${stack.url.replace(/\/+$/, "")}/${segments.map(encode).join("/")}`;
}

/**
 * The `srcset` of an original: its variants, each with its width, from which the browser chooses.
 * @param sizes sizes that name a width, `640w` or `360x270`; with a format after a dot where one is wanted
 * @throws Error as `variantUrl` does, and for no sizes, a size without a width (`480h`), or two of the same width
 */
export function srcset(cdn: string | Cdn, key: string, sizes: readonly string[]): string {
  if (sizes.length === 0) throw new Error("a srcset needs at least one size");
  const urls = new Map<number, string>();
  for (const size of sizes) {
    const url = variantUrl(cdn, key, size);
    const width = parseSpec(size)?.width;
    if (width === undefined) throw new Error(`the size ${size} names no width, which a srcset needs`);
    if (urls.has(width)) throw new Error(`two of the sizes are ${width} wide, and a browser could not tell them apart`);
    urls.set(width, url);
  }
  return [...urls].map(([width, url]) => `${url} ${width}w`).join(", ");
}

/**
 * The attributes of a `<picture>` that offers better formats first and falls back to the original's.
 * `src`, for what reads no `srcset`, is the widest of the sizes.
 * @throws Error as `srcset` does
 */
export function picture(cdn: string | Cdn, key: string, options: PictureOptions): Picture {
  const { sizes, layout, alt } = options;
  const isMade = (format: Format) => typeof cdn !== "string" && cdn.formats.includes(format);
  const formats = options.formats ?? (["avif", "webp"] as const).filter(isMade);
  const widest = sizes.reduce((one, other) => (widthOf(other) > widthOf(one) ? other : one), sizes[0] ?? "");
  return {
    sources: formats.map((format) => ({
      type: `image/${format}`,
      srcset: srcset(
        cdn,
        key,
        sizes.map((size) => `${size}.${format}`),
      ),
      sizes: layout,
    })),
    img: { srcset: srcset(cdn, key, sizes), src: variantUrl(cdn, key, widest), sizes: layout, alt },
  };
}

function anyVariantAt(url: string): Cdn {
  return { url, sizes: "any", formats: ["jpeg", "png", "webp", "avif"], maxDimension: 16_383 };
}

function parseSpec(text: string): Spec | undefined {
  const [, boxWidth, boxHeight, width = boxWidth, height = boxHeight, format] = SIZE.exec(text) ?? [];
  if (width === undefined && height === undefined) return undefined;
  return {
    size: format === undefined ? text : text.slice(0, -format.length - 1),
    ...(width === undefined ? {} : { width: Number(width) }),
    ...(height === undefined ? {} : { height: Number(height) }),
    ...(format === undefined ? {} : { format: format as Format }),
  };
}

function widthOf(size: string): number {
  return parseSpec(size)?.width ?? 0;
}

/** What is wrong with the form of a key, whatever the stack. */
function malformation(segments: readonly string[]): string | undefined {
  const key = segments.join("/");
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(key)) return "the key contains a control character";
  if (/\p{Surrogate}/u.test(key)) return "the key is no Unicode text";
  if (new TextEncoder().encode(key).length > MAX_KEY_BYTES) return `the key is longer than ${MAX_KEY_BYTES} bytes`;
  if (segments.at(-1) === "") return "the key names no file";
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    return "the key contains an empty, . or .. segment";
  }
  return undefined;
}

/** Why the stack does not make a spec of an original in these folders. */
function refusal(stack: Cdn, spec: Spec, folders: readonly string[]): string | undefined {
  if (!fits(stack, spec)) return `a side is 1 to ${stack.maxDimension} pixels`;
  if (folders.some((folder) => isSpecOf(stack, folder))) return "a variant cannot be made from a variant";
  if (!allowsSize(stack, spec)) return `the size ${spec.size} is not made here`;
  if (!allowsFormat(stack, spec)) return `the format ${String(spec.format)} is not made here`;
  return undefined;
}

function isSpecOf(stack: Cdn, folder: string): boolean {
  const spec = parseSpec(folder);
  return spec !== undefined && fits(stack, spec) && allowsSize(stack, spec) && allowsFormat(stack, spec);
}

function fits({ maxDimension }: Cdn, { width = 1, height = 1 }: Spec): boolean {
  return width <= maxDimension && height <= maxDimension;
}

function allowsSize({ sizes }: Cdn, { size }: Spec): boolean {
  return sizes === "any" || sizes.includes(size);
}

function allowsFormat({ formats }: Cdn, { format }: Spec): boolean {
  return format === undefined || formats.includes(format);
}

/** A segment of a path, safe between quotes of HTML and of a shell, and in a srcset. */
function encode(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`);
}
