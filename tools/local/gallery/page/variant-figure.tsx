import { useSignal } from "@preact/signals";
import type { Original } from "../contract";
import { bytes, milliseconds, saving } from "./format";
import { usePage } from "./page-state";
import { Scroll, StatusChip } from "./ui";
import type { Variant } from "./variants";

/** The original itself, scaled down. */
export function OriginalFigure({ original }: { original: Original }) {
  const { stack, originals } = usePage();
  const { key } = original;
  const size = useSignal("");
  const url = stack.urlOf(key);
  return (
    <figure class="panel original">
      <a href={url} target="_blank" rel="noopener">
        <img
          src={originals.versioned(key, url)}
          alt={`The original of ${key}`}
          onLoad={({ currentTarget: image }) => (size.value = `${image.naturalWidth} × ${image.naturalHeight} px`)}
        />
      </a>
      <figcaption>
        <code>original</code> <span>{size}</span> <span>{bytes(original.bytes)}</span> <span>scaled down</span>
      </figcaption>
    </figure>
  );
}

/** A variant at true size, or the reason why there is none. */
export function VariantFigure({ original, variant }: { original: Original; variant: Variant }) {
  const { spec, served, rejected } = variant;
  if (!served) {
    return (
      <figure class={rejected ? "panel rejected" : "panel waiting"}>
        {rejected && <pre>{rejected.text}</pre>}
        <figcaption>
          <code>{spec}</code> {rejected?.status !== undefined && <StatusChip status={rejected.status} />}
        </figcaption>
      </figure>
    );
  }
  const { url, width, height, format, createdInMs } = served;
  return (
    <figure class="panel">
      <Scroll label={`${spec} at true size`}>
        <img src={url} width={width} height={height} alt={`${original.key} at ${spec}`} />
      </Scroll>
      <figcaption>
        <code>{spec}</code> <span>{`${width} × ${height} px`}</span> <span>{format}</span>{" "}
        <span>{bytes(served.bytes)}</span> <b>{saving(served.bytes, original.bytes)}</b>{" "}
        <span>{createdInMs === undefined ? "already stored" : `created in ${milliseconds(createdInMs)}`}</span>
      </figcaption>
    </figure>
  );
}
