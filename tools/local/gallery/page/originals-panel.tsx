import { Card } from "./card";
import { usePage } from "./page-state";
import { Field } from "./ui";
import { UploadForm } from "./upload-form";

/** Images that are on the screen from the start. */
const EAGER_IMAGES = 6;

/** The originals of the bucket, shown by their variants. */
export function OriginalsPanel() {
  const { originals } = usePage();
  const { list, total, isMore, search, problem } = originals;
  const shown = list.value.length;
  const count = total.value === 1 ? "1 original" : `${total.value} originals`;
  return (
    <section id="originals" aria-labelledby="originals-title">
      <div class="row controls">
        <h2 id="originals-title">Originals</h2>
        <span class="note" role="status">
          {shown < total.value ? `${shown} of ${count}` : count}
        </span>
        <Field label="Search" grow>
          <input type="search" onInput={({ currentTarget }) => originals.searchFor(currentTarget.value)} />
        </Field>
      </div>
      <UploadForm />
      <p class="error">{problem}</p>
      {shown === 0 && search.value !== "" && <p class="note">No original matches the search.</p>}
      <ul class="gallery">
        {list.value.map((original, index) => (
          <Card key={original.key} original={original} isEager={index < EAGER_IMAGES} />
        ))}
      </ul>
      {isMore.value && (
        <button class="more" onClick={() => void originals.load(list.value.at(-1)?.key)}>
          Show more
        </button>
      )}
    </section>
  );
}
