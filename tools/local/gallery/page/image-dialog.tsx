import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Original } from "../contract";
import { bytes, milliseconds } from "./format";
import { usePage } from "./page-state";
import { deleteVariants } from "./server";
import { Field } from "./ui";
import { ACCEPTED_FILES } from "./uploads";
import { OriginalFigure, VariantFigure } from "./variant-figure";
import { useVariants } from "./variants";

/** One original with all its variants, at true size. */
export function ImageDialog({ original }: { original: Original }) {
  const { originals, uploads } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const notice = useSignal("");
  const { variants, tookMs } = useVariants(original);
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
    <dialog ref={dialog} aria-labelledby="image-title" onClose={() => (originals.opened.value = undefined)}>
      <header class="row controls">
        <h2 id="image-title">{original.key}</h2>
        <Field label="Replace by">
          <input type="file" accept={ACCEPTED_FILES} onChange={(event) => void replace(event)} />
        </Field>
        <button onClick={recreate}>Recreate variants</button>
        <button onClick={() => dialog.current?.close()}>Close</button>
        <p class="note" role="status">
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
