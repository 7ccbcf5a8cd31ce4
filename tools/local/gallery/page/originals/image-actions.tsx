import { useSignal } from "@preact/signals";
import type { OriginalDetails } from "../../contract";
import { deleteOriginal, deleteVariants } from "../server";
import { usePage } from "../state";
import { Field } from "../ui";
import { ACCEPTED_FILES } from "./uploads";

/** Changes an original; what cannot be undone is asked for first. */
export function ImageActions({ original: { key } }: { original: OriginalDetails }) {
  const { address, uploads } = usePage();
  const notice = useSignal("");
  const problem = useSignal("");
  const act = async (doing: string, action: () => Promise<unknown>) => {
    notice.value = doing;
    problem.value = "";
    await action().catch((error: unknown) => (problem.value = (error as Error).message));
    notice.value = "";
  };
  const replace = async ({ currentTarget: input }: { currentTarget: HTMLInputElement }) => {
    const [file] = input.files ?? [];
    if (file && confirm(`Replace ${key} by ${file.name}? The old image and its variants are deleted.`)) {
      await act("Replacing …", async () => {
        const failure = await uploads.put(key, file);
        if (failure) throw failure;
      });
    }
    input.value = "";
  };
  const remove = () => {
    if (!confirm(`Delete ${key} and its variants from the bucket?`)) return;
    void act("Deleting …", async () => {
      await deleteOriginal(key);
      address.close();
    });
  };
  return (
    <div class="row controls">
      <Field label="Replace by">
        <input type="file" accept={ACCEPTED_FILES} onChange={(event) => void replace(event)} />
      </Field>
      <button onClick={() => void act("Deleting the variants …", () => deleteVariants(key))}>Recreate variants</button>
      <button onClick={remove}>Delete</button>
      <span class="note" role="status">
        {notice}
      </span>
      <p class="error whole" role="alert">
        {problem}
      </p>
    </div>
  );
}
