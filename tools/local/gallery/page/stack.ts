import { encodeKey, listSpecs, parseSize } from "../../../../functions/variant-key";
import { type Cdn, variantUrl } from "@image-resizer/srcset/srcset";
import type { Hop, StackInfo } from "../contract";

/** Sizes to show of a stack that allows any. */
const UNLISTED_SIZES = ["320w", "640w", "960w"];

/** The stack as the page sees it. */
export class Stack {
  readonly info: StackInfo;
  /** The argument of the srcset helper. */
  readonly cdn: Cdn;
  readonly sizes: readonly string[];

  constructor(info: StackInfo) {
    const { sizes, maxDimension } = info.allowList;
    this.info = info;
    this.cdn = { cdnUrl: info.endpoints.cdn ?? "", allowList: info.allowList };
    this.sizes = sizes === "any" ? UNLISTED_SIZES.filter((size) => Number.parseInt(size) <= maxDimension) : sizes;
  }

  /** Every spec of the stack: each size alone, then in each format. */
  get specs(): string[] {
    return listSpecs({ ...this.info.allowList, sizes: this.sizes });
  }

  /** The most sizes of one shape, the smallest first: the candidates of a srcset must show the same. */
  get gallerySizes(): string[] {
    const shapes = this.sizes.map((size) => this.sizesLike(size));
    return shapes.reduce((most, one) => (one.length > most.length ? one : most), []);
  }

  /** The sizes of the shape of this one, the smallest first; none for a size without a width. */
  sizesLike(size: string): string[] {
    const shape = shapeOf(size);
    const alike = this.sizes.filter((other) => shape !== undefined && shapeOf(other) === shape);
    return alike.toSorted((one, other) => Number.parseInt(one) - Number.parseInt(other));
  }

  /** The URLs that the gallery may show an original by. */
  galleryUrls(key: string): string[] {
    const specs = listSpecs({ ...this.info.allowList, sizes: this.gallerySizes });
    return specs.map((spec) => this.urlOf(key, spec));
  }

  /** The URL of an original, or of its variant. @throws Error for a variant that the stack rejects */
  urlOf(key: string, spec?: string): string {
    return spec === undefined ? `${this.cdn.cdnUrl}/${encodeKey(key)}` : variantUrl(this.cdn, key, spec);
  }

  /** The URL by which a hop entered the stack; `undefined` where it names none. */
  readonly urlOfHop = ({ part, what }: Hop): string | undefined => {
    const [origin] = /^https?:\/\/[^/]+/.exec(this.info.endpoints[part] ?? "") ?? [];
    const target = /^[A-Z]+ (\/\S*)$/.exec(what)?.[1];
    return origin === undefined || target === undefined ? undefined : origin + target;
  };
}

/** Width by height of a crop, `w` for widths, undefined for heights. */
function shapeOf(size: string): string | undefined {
  const { width, height } = parseSize(size) ?? {};
  if (width === undefined) return undefined;
  return height === undefined ? "w" : (width / height).toFixed(2);
}
