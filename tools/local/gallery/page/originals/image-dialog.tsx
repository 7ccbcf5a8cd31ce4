import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Original } from "../../contract";
import { bytes, milliseconds, saving } from "../format";
import { deleteVariants } from "../server";
import { usePage } from "../state";
import { Field, Scroll, StatusChip } from "../ui";
import { ACCEPTED_FILES } from "./uploads";
import { useVariants, type Variant } from "./variants";

/** One original with all its variants, at true size. */
export function ImageDialog({ original }: { original: Original }) {
  const { originals, uploads } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const notice = useSignal("");
  const { variants, tookMs } = useVariants(original.key);
  useLayoutEffect(() => dialog.current?.showModal(), []);

  const replace = async ({ currentTarget: input }: { currentTarget: HTMLInputElement }) => {
    const [file] = input.files ?? [];
    if (!file) return;
    notice.value = "Replacing …";
    notice.value = (await uploads.put(original.key, file)) ?? "";
    input.value = "";
  };
  const recreate = () => {
    deleteVariants(original.key).catch((error: unknown) => (notice.value = (error as Error).message));
  };
  const total = variants.reduce((sum, { served }) => sum + (served?.bytes ?? 0), 0);
  const summary = `${variants.length} variants, ${bytes(total)} together. The original is ${bytes(original.bytes)}.`;
  const state = tookMs === undefined ? "Requesting every variant …" : `${summary} Answered in ${milliseconds(tookMs)}.`;
  return (
    <dialog ref={dialog} aria-labelledby="image-title" onClose={() => (originals.openedKey.value = undefined)}>
      <header class="row controls">
        <h2 id="image-title">{original.key}</h2>
        <Field label="Replace by">
          <input type="file" accept={ACCEPTED_FILES} onChange={(event) => void replace(event)} />
        </Field>
        <button onClick={recreate}>Recreate variants</button>
        <button onClick={() => dialog.current?.close()}>Close</button>
        <p class="note whole" role="status">
          {notice.value || state}
        </p>
      </header>
      <div class="variants">
        <OriginalFigure original={original} />
        {variants.map((variant) => (
          <VariantFigure key={variant.spec} original={original} variant={variant} />
        ))}
      </div>
    </dialog>
  );
}

/** The original itself, scaled down. */
function OriginalFigure({ original }: { original: Original }) {
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
function VariantFigure({ original, variant }: { original: Original; variant: Variant }) {
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
