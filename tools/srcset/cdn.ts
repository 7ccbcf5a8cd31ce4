import { type AllowList, isFormat } from "../../functions/variant-key";

/**
 * Outputs `cdnUrl` and `allowList` of a stack, as `pulumi stack output --json` writes them. Its types are as wide as those
 * that TypeScript gives to an imported JSON file.
 */
export interface Cdn {
  /** `https://cdn.example.com`, with or without a slash at the end. */
  readonly cdnUrl: string;
  readonly allowList: {
    /** Listed sizes, or `any` where the stack allows unlisted ones. */
    readonly sizes: readonly string[] | string;
    /** Formats that a URL may name. */
    readonly formats: readonly string[];
    /** Longest side of any size, in pixels. */
    readonly maxDimension: number;
  };
}

/** Outputs of a stack that were checked. */
export interface CheckedCdn {
  /** The CDN's URL without a slash at the end. */
  readonly url: string;
  readonly allowList: AllowList;
}

/** Checks the outputs of a stack. @throws Error in one sentence if they are none */
export function checkCdn({ cdnUrl, allowList }: Partial<Cdn>): CheckedCdn {
  if (typeof cdnUrl !== "string" || !/^https?:\/\/[^/?#]+\/*$/.test(cdnUrl)) {
    throw new Error(
      `cdnUrl is ${JSON.stringify(cdnUrl)}: expected the stack's output, such as https://cdn.example.com`,
    );
  }
  if (!isAllowList(allowList)) {
    throw new Error(
      `allowList is ${JSON.stringify(allowList)}: expected the stack's output { sizes, formats, maxDimension }`,
    );
  }
  return { url: cdnUrl.replace(/\/+$/, ""), allowList };
}

/** Returns the sizes of an allow-list as the end of a sentence. */
export function allowedSizes({ sizes }: AllowList): string {
  return sizes === "any" ? "WxH, Ww and Hh, such as 360x270, 640w and 480h" : enumerate(sizes);
}

/** Returns texts as a list in a sentence: `a, b and c`. */
export function enumerate(texts: readonly string[]): string {
  return texts.join(", ").replace(/, ([^,]*)$/, " and $1") || "none";
}

function isAllowList(allowList: Cdn["allowList"] | undefined): allowList is AllowList {
  if (!allowList) return false;
  const { sizes, formats, maxDimension } = allowList;
  return (
    (sizes === "any" || Array.isArray(sizes)) &&
    Array.isArray(formats) &&
    formats.every(isFormat) &&
    typeof maxDimension === "number"
  );
}
