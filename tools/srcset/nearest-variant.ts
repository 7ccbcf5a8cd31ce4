// The code that the adapters share. They use the package as a page does, by its name.
import { type Cdn, nearestWidth, variantUrl } from "@image-resizer/srcset";

/**
 * Returns the URL of the variant that comes nearest to what a framework asks for. Frameworks choose widths and formats
 * without knowing the allow-list: a width becomes the nearest listed one, and a format that is not listed is left out, so
 * that the variant has the original's.
 * @param src The original's key as it is, with or without a slash before it, or its URL on the CDN.
 */
export function nearestVariantUrl(cdn: Cdn, src: string | URL, width: number, format?: string): string {
  const size = nearestWidth(cdn, width);
  const listed = cdn.allowList.formats.find((one) => one === (format === "jpg" ? "jpeg" : format));
  return variantUrl(cdn, keyOf(cdn, src), listed === undefined ? size : `${size}.${listed}`);
}

function keyOf({ cdnUrl }: Cdn, src: string | URL): string {
  const text = String(src);
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text.replace(/^\//, "");
  const base = `${cdnUrl.replace(/\/+$/, "")}/`;
  const [path = ""] = text.slice(base.length).split(/[?#]/, 1);
  try {
    if (text.startsWith(base)) return path.split("/").map(decodeURIComponent).join("/");
  } catch {
    // Falls through: the URL is not one of the CDN's.
  }
  throw new Error(`the image ${text} is not on the CDN: expected a key, such as p_1/a.jpg, or a URL below ${base}`);
}
