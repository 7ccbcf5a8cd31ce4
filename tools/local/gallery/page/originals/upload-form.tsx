import { usePage } from "../state";
import { Field } from "../ui";
import { ACCEPTED_FILES } from "./uploads";

/** Lets a file input choose folders; preact's types do not know it. */
const FOLDERS = { webkitdirectory: true };

/** Uploads the files and folders that the user chooses. */
export function UploadForm() {
  const { uploads } = usePage();
  const { done, of } = uploads.progress.value;
  const add = ({ currentTarget: input }: { currentTarget: HTMLInputElement }) => {
    const chosen = [...(input.files ?? [])].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
    void uploads.add(chosen).finally(() => (input.value = ""));
  };
  return (
    <div class="row controls panel upload">
      <Field label="Folder">
        <input value={uploads.folder} onInput={({ currentTarget }) => (uploads.folder.value = currentTarget.value)} />
      </Field>
      <Field label="Add originals, or drop them anywhere">
        <input type="file" accept={ACCEPTED_FILES} multiple onChange={add} />
      </Field>
      <Field label="Add a folder">
        <input type="file" {...FOLDERS} onChange={add} />
      </Field>
      {done < of && <progress class="whole" aria-label="Bytes uploaded" value={done} max={of} />}
      <p class="note whole" role="status">
        {uploads.status}
      </p>
      {uploads.problems.value.length > 0 && (
        <ul class="error whole" role="alert">
          {uploads.problems.value.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
