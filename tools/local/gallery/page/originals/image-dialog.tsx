import "./dialog.css";
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { OriginalDetails } from "../../contract";
import { getOriginal } from "../server";
import { usePage } from "../state";
import { ImageActions } from "./image-actions";
import { ImageVariants } from "./image-variants";

/** The dialog of the image in the page's address. */
export function ImageDialog({ name }: { name: string }) {
  const { address, originals } = usePage();
  const dialog = useRef<HTMLDialogElement>(null);
  const details = useSignal<OriginalDetails | undefined>(undefined);
  const problem = useSignal("");
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    // Closed before it goes, so that the focus returns to where it was.
    return () => element?.close();
  }, []);
  useEffect(() => {
    let isCurrent = true;
    getOriginal(name, originals.search.value).then(
      (answer) => {
        if (!isCurrent) return;
        details.value = answer;
        problem.value = "";
      },
      (error: unknown) => {
        if (isCurrent) problem.value = (error as Error).message;
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [name, originals.versionOf(name)]);

  const original = details.value?.key === name && problem.value === "" ? details.value : undefined;
  const { previous, next } = original ?? {};
  const go = (event: KeyboardEvent) => {
    // There the arrow keys move something else.
    if ((event.target as Element).closest("input, select, .scroll") || event.altKey || event.ctrlKey || event.metaKey)
      return;
    const key = { ArrowLeft: previous, ArrowRight: next }[event.key];
    if (key !== undefined) address.open(key);
  };
  return (
    <dialog ref={dialog} aria-labelledby="image-title" onClose={address.close} onKeyDown={go}>
      <header class="row">
        <h2 id="image-title">{name}</h2>
        <Neighbour name="Previous" to={previous} />
        <Neighbour name="Next" to={next} />
        <button onClick={address.close}>Close</button>
      </header>
      <div class="image stack">
        <p class="error" role="alert">
          {problem}
        </p>
        {original && <ImageActions original={original} />}
        {original && <ImageVariants key={`${name} ${originals.versionOf(name) ?? ""}`} original={original} />}
      </div>
    </dialog>
  );
}

function Neighbour({ name, to }: { name: string; to: string | undefined }) {
  const { address } = usePage();
  return (
    <button disabled={to === undefined} title={to} onClick={() => to !== undefined && address.open(to)}>
      {name}
    </button>
  );
}
