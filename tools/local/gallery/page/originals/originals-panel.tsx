import "./originals.css";
import { picture } from "@image-resizer/srcset/srcset";
import { useSignal } from "@preact/signals";
import type { Original } from "../../contract";
import { bytes, fileOf } from "../format";
import { usePage } from "../state";
import { Field } from "../ui";
import { ACCEPTED_FILES } from "./uploads";

/** Images that are on the screen from the start. */
const EAGER_IMAGES = 6;

/** As the columns of the gallery are in its style sheet. */
const LAYOUT = "(min-width: 1100px) 18vw, (min-width: 480px) 31vw, calc(100vw - 2rem)";
/** The API may throttle a burst of misses: requested again, they are created. */
const RETRY_AFTER_MS = [1000, 2000, 4000, 8000];

/** The originals of the bucket, shown by their variants. */
export function OriginalsPanel() {
  const { originals } = usePage();
  const { originals: list = [], total = 0 } = originals.page.value ?? {};
  const count = total === 1 ? "1 original" : `${total} originals`;
  const isEmpty = originals.page.value && list.length === 0;
  return (
    <section id="originals" class="stack" aria-labelledby="originals-title">
      <div class="row controls">
        <h2 id="originals-title">Originals</h2>
        <span class="note" role="status">
          {list.length < total ? `${list.length} of ${count}` : count}
        </span>
        <Field label="Search" grow>
          <input type="search" onInput={({ currentTarget }) => originals.searchFor(currentTarget.value)} />
        </Field>
      </div>
      <UploadForm />
      <p class="error">{originals.problem}</p>
      {isEmpty && (
        <p class="panel empty">
          {originals.search.value === "" ? "There are no originals yet." : "No original matches the search."}
        </p>
      )}
      <ul class="gallery">
        {list.map((original, index) => (
          <Card key={original.key} original={original} isEager={index < EAGER_IMAGES} />
        ))}
      </ul>
      {list.length < total && (
        <button class="more" onClick={originals.showMore}>
          Show more
        </button>
      )}
    </section>
  );
}

/** One original of the gallery; it opens the dialog. */
function Card({ original: { key, bytes: size }, isEager }: { original: Original; isEager: boolean }) {
  const { originals } = usePage();
  return (
    <li>
      <button class="card" data-key={key} onClick={() => (originals.openedKey.value = key)}>
        <span class="frame">
          <ResponsiveImage key={originals.versionOf(key)} name={key} isEager={isEager} />
        </span>
        <span class="caption">
          <small>{key.slice(0, -fileOf(key).length)}</small>
          <b>{fileOf(key)}</b>
          <small>{bytes(size)}</small>
        </span>
      </button>
    </li>
  );
}

/** An original as a web page shows it: a `<picture>` with a srcset of its variants. */
function ResponsiveImage({ name, isEager }: { name: string; isEager: boolean }) {
  const { stack, originals } = usePage();
  const failures = useSignal(0);
  const state = useSignal<"loading" | "loaded" | "broken">("loading");
  const sizes = stack.gallerySizes;
  if (sizes.length === 0) return <span class="error">No size of the stack has a width.</span>;
  const { sources, img } = picture(stack.cdn, name, { sizes, layout: LAYOUT, alt: name });
  const retry = () => {
    const delayMs = RETRY_AFTER_MS[failures.value];
    if (delayMs === undefined) state.value = "broken";
    else setTimeout(() => (failures.value += 1), delayMs);
  };
  return (
    <picture key={failures.value}>
      {sources.map(({ type, srcset }) => (
        <source key={type} type={type} srcset={originals.versioned(name, srcset)} sizes={LAYOUT} />
      ))}
      <img
        class={state.value}
        alt={img.alt}
        loading={isEager ? "eager" : "lazy"}
        decoding="async"
        sizes={LAYOUT}
        srcset={originals.versioned(name, img.srcset)}
        src={originals.versioned(name, img.src)}
        onLoad={() => (state.value = "loaded")}
        onError={retry}
      />
    </picture>
  );
}

/** Uploads the files that the user chooses. */
function UploadForm() {
  const { uploads } = usePage();
  const add = ({ currentTarget: input }: { currentTarget: HTMLInputElement }) => {
    void uploads.add([...(input.files ?? [])]).finally(() => (input.value = ""));
  };
  return (
    <div class="row controls panel upload">
      <Field label="Folder">
        <input value={uploads.folder} onInput={({ currentTarget }) => (uploads.folder.value = currentTarget.value)} />
      </Field>
      <Field label="Add originals, or drop them anywhere">
        <input type="file" accept={ACCEPTED_FILES} multiple onChange={add} />
      </Field>
      <p class="note whole" role="status">
        {uploads.status}
      </p>
    </div>
  );
}
