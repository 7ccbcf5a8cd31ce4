import { picture } from "@image-resizer/srcset/srcset";
import { parseSpec } from "../../../../../functions/variant-key";
import type { OriginalDetails } from "../../contract";
import type { Stack } from "../stack";
import type { ServedVariant } from "./variants";

/** HTML of a page that shows one variant. */
export function imgTag(url: string, { width, height }: ServedVariant, alt: string): string {
  return element("img", { src: url, width, height, alt });
}

/** HTML of a page whose browser chooses among the sizes of the shape of this spec; none for a size without a width. */
export function pictureTag(stack: Stack, { key, width, height }: OriginalDetails, spec: string): string | undefined {
  const sizes = stack.sizesLike(parseSpec(spec)?.size.text ?? "");
  if (sizes.length === 0) return undefined;
  const original = width === undefined || height === undefined ? {} : { original: { width, height } };
  const { sources, img } = picture(stack.cdn, key, { sizes, layout: "100vw", alt: key, ...original });
  const lines = [...sources.map((source) => element("source", source)), element("img", img)];
  return ["<picture>", ...lines.map((line) => `  ${line}`), "</picture>"].join("\n");
}

function element(name: string, attributes: Readonly<Record<string, string | number>>): string {
  const all = Object.entries(attributes).map(([attribute, value]) => `${attribute}="${escape(String(value))}"`);
  return `<${name} ${all.join(" ")} />`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}
