import { encodeKey } from "../../../../functions/variant-key";
import { type Cdn, variantUrl } from "@image-resizer/srcset/srcset";
import type { Hop, StackInfo } from "../contract";

/** Sizes to show where the stack makes any. */
const UNLISTED_SIZES = ["320w", "640w", "960w"];
const SPEC = /^(\d+)(?:x(\d+)|w|h)(?:\.(?:jpeg|png|webp|avif))?$/;

/** The stack as the page sees it. */
export class Stack {
  readonly info: StackInfo;
  /** What the srcset helper wants to know. */
  readonly cdn: Cdn;

  constructor(info: StackInfo) {
    this.info = info;
    this.cdn = { url: info.endpoints.cdn ?? "", ...info.allowList };
  }

  get sizes(): readonly string[] {
    const { sizes, maxDimension } = this.info.allowList;
    return sizes === "any" ? UNLISTED_SIZES.filter((size) => Number.parseInt(size) <= maxDimension) : sizes;
  }

  /** Every spec of the stack: each size alone, then in each format. */
  get specs(): string[] {
    return this.sizes.flatMap((size) => [size, ...this.info.allowList.formats.map((format) => `${size}.${format}`)]);
  }

  /** The most sizes of one shape, smallest first: a srcset's candidates must show the same. */
  get gallerySizes(): string[] {
    const byShape = new Map<string, string[]>();
    for (const size of this.sizes) {
      const [, width, height] = SPEC.exec(size) ?? [];
      if (size.endsWith("h")) continue;
      const shape = height === undefined ? "w" : (Number(width) / Number(height)).toFixed(2);
      byShape.set(shape, [...(byShape.get(shape) ?? []), size]);
    }
    const [most = []] = [...byShape.values()].sort((one, other) => other.length - one.length);
    return most.toSorted((one, other) => Number.parseInt(one) - Number.parseInt(other));
  }

  /** The URL of an original, or of its variant. @throws Error for what the stack would refuse */
  urlOf(key: string, spec?: string): string {
    // Without a size it is an object like any other.
    return spec === undefined ? `${this.cdn.url}/${encodeKey(key)}` : variantUrl(this.cdn, key, spec);
  }

  /** The URL that a hop was the entry of; `undefined` where it names none. */
  urlOfHop({ part, what }: Hop): string | undefined {
    const endpoint = this.info.endpoints[part];
    const target = /^[A-Z]+ (\/\S*)$/.exec(what)?.[1];
    return endpoint === undefined || target === undefined ? undefined : new URL(endpoint).origin + target;
  }
}

/** The key of the original that a path of the CDN names a variant of, going by its form. */
export function originalOfPath(path: string): string | undefined {
  const segments = (path.split("?", 1)[0] ?? "").slice(1).split("/");
  const [spec] = segments.splice(-2, 1);
  if (segments.length === 0 || !SPEC.test(spec ?? "")) return undefined;
  try {
    return decodeURIComponent(segments.join("/"));
  } catch {
    return undefined;
  }
}
