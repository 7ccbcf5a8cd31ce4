import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { parseSpec } from "../../../../../functions/variant-key";
import type { OriginalDetails } from "../../contract";
import { formatBytes } from "../../../format-bytes";
import { milliseconds } from "../format";
import { imageUrl, previewUrl, tryPath } from "../server";
import { usePage } from "../state";
import { CopyButton, Scroll, StatusChip } from "../ui";
import { Compare, type Source } from "./compare";
import { Crops } from "./crops";
import { Matrix } from "./matrix";
import { imgTag, pictureTag } from "./snippets";
import { type Variant, Variants } from "./variants";

/** Every variant of an original: their bytes in a table, and the chosen one in detail. */
export function ImageVariants({ original }: { original: OriginalDetails }) {
  const { stack, originals } = usePage();
  const { key } = original;
  const version = originals.versionOf(key);
  const pathOf = (spec: string) => stack.urlOf(key, spec).slice(stack.cdn.cdnUrl.length);
  // With no format in the key, and none that the client names, a variant has its original's.
  const variants = useMemo(() => new Variants((spec) => tryPath(pathOf(spec), "*/*")), []);
  const chosen = useSignal(stack.gallerySizes.at(-1) ?? stack.sizes[0]);
  useEffect(() => {
    void variants.load(stack.specs);
    return variants.end;
  }, []);

  const all = variants.all.value;
  const { value: tookMs } = variants.tookMs;
  const summary = `${all.length} variants, ${formatBytes(variants.bytes)} together. The original is ${describe(original)}.`;
  const variant = all.find(({ spec }) => spec === chosen.value);
  const sources: Source[] = [
    { name: "original", url: previewUrl(key, version), width: original.width ?? 1, height: original.height ?? 1 },
    ...all.flatMap(({ spec, served }) => {
      return served ? [{ ...served, name: spec, url: imageUrl(pathOf(spec), version) }] : [];
    }),
  ];
  const size = parseSpec(variant?.spec ?? "")?.size;
  return (
    <>
      <p class="note" role="status">
        {tookMs === undefined ? "Requesting every variant …" : `${summary} Answered in ${milliseconds(tookMs)}.`}
      </p>
      <p class="error" role="alert">
        {variants.problem}
      </p>
      <Matrix original={original} variants={all} chosen={variant?.spec} onChoose={(spec) => (chosen.value = spec)} />
      {variant && <VariantDetails key={`${variant.spec} details`} original={original} variant={variant} />}
      {variant?.served && <Compare key={variant.spec} sources={sources} initial={variant.spec} />}
      {size?.width !== undefined && size.height !== undefined && (
        <Crops key={size.text} original={original} size={size.text} />
      )}
    </>
  );
}

/** Links and lines to copy of a variant, or the reason why there is none. */
function VariantDetails({ original, variant }: { original: OriginalDetails; variant: Variant }) {
  const { stack } = usePage();
  const { spec, served, rejected } = variant;
  if (rejected) {
    return (
      <div class="row">
        <code>{spec}</code> {rejected.status !== undefined && <StatusChip status={rejected.status} />}
        <Scroll label="The body of the answer">
          <pre>{rejected.text}</pre>
        </Scroll>
      </div>
    );
  }
  if (!served) return null;
  const url = stack.urlOf(original.key, spec);
  const html = pictureTag(stack, original, spec);
  return (
    <div class="row" role="group" aria-label={`The variant ${spec}`}>
      <a href={url} target="_blank" rel="noopener">
        {spec}
      </a>
      <span>{`${served.width} × ${served.height} px`}</span>
      <span>
        {served.createdInMs === undefined ? "already stored" : `created in ${milliseconds(served.createdInMs)}`}
      </span>
      <CopyButton name="Copy URL" text={url} />
      <CopyButton name="Copy <img>" text={imgTag(url, served, original.key)} />
      {html !== undefined && <CopyButton name="Copy <picture>" text={html} />}
    </div>
  );
}

function describe({ bytes: count, width, height }: OriginalDetails): string {
  return width === undefined ? formatBytes(count) : `${width} × ${height ?? 0} px, ${formatBytes(count)}`;
}
