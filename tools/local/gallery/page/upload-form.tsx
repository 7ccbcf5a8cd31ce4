import { usePage } from "./page-state";
import { Field } from "./ui";
import { ACCEPTED_FILES } from "./uploads";

/** Uploads the files that the user chooses. */
export function UploadForm() {
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
      <p role="status">{uploads.status}</p>
    </div>
  );
}
