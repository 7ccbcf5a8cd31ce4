import "./originals.css";
import { formatBytes } from "../../../format-bytes";
import { fileOf } from "../format";
import { usePage } from "../state";
import { Field } from "../ui";
import { ResponsiveImage } from "./responsive-image";
import { UploadForm } from "./upload-form";
import { useWindow } from "./window";

/** The originals of the bucket, shown by their variants. */
export function OriginalsPanel() {
  const { originals } = usePage();
  const total = originals.total.value;
  return (
    <section id="originals" class="stack" aria-labelledby="originals-title">
      <div class="row controls">
        <h2 id="originals-title">Originals</h2>
        <span class="note" role="status">
          {total !== undefined && (total === 1 ? "1 original" : `${total} originals`)}
        </span>
        <Field label="Search" grow>
          <input type="search" onInput={({ currentTarget }) => originals.searchFor(currentTarget.value)} />
        </Field>
      </div>
      <UploadForm />
      <p class="error">{originals.problem}</p>
      {total === 0 && (
        <p class="panel empty">
          {originals.search.value === "" ? "There are no originals yet." : "No original matches the search."}
        </p>
      )}
      <Gallery />
    </section>
  );
}

/** The cards in sight; those above and below are empty space. */
function Gallery() {
  const { originals } = usePage();
  const { list, from, to, above, below } = useWindow(originals);
  const places = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
  return (
    <ul class="gallery" ref={list} style={{ paddingTop: `${above}px`, paddingBottom: `${below}px` }}>
      {places.map((place) => {
        const original = originals.loaded.value.get(place);
        return <Card key={original?.key ?? place} name={original?.key ?? ""} size={original?.bytes} />;
      })}
    </ul>
  );
}

/** One original of the gallery; it opens the dialog. An empty one is not loaded yet. */
function Card({ name, size }: { name: string; size: number | undefined }) {
  const { originals, address } = usePage();
  const folder = name.slice(0, -fileOf(name).length);
  return (
    <li>
      <button
        class="card"
        data-key={name}
        title={name}
        disabled={size === undefined}
        onClick={() => address.open(name)}
      >
        <span class="frame">
          {size !== undefined && <ResponsiveImage key={originals.versionOf(name)} name={name} />}
        </span>
        <span class="caption">
          <small>{folder}</small>
          <b>{fileOf(name)}</b>
          <small>{size !== undefined && formatBytes(size)}</small>
        </span>
      </button>
    </li>
  );
}
