import { byId } from "./dom";
import { putOriginal } from "./server";

/** Takes files that are chosen or dropped anywhere on the page, and makes them originals. */
export class Upload {
  readonly #status = byId("upload-status", HTMLElement);
  readonly #folder = byId("upload-folder", HTMLInputElement);

  constructor() {
    const input = byId("upload-file", HTMLInputElement);
    input.addEventListener("change", () => {
      void this.#add([...(input.files ?? [])]).finally(() => (input.value = ""));
    });
    const page = document.documentElement;
    page.addEventListener("dragover", (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      page.classList.add("dropping");
    });
    page.addEventListener("dragleave", (event) => {
      if (event.relatedTarget === null) page.classList.remove("dropping");
    });
    page.addEventListener("drop", (event) => {
      event.preventDefault();
      page.classList.remove("dropping");
      void this.#add([...(event.dataTransfer?.files ?? [])]);
    });
  }

  /** Puts one file under a key. Returns what went wrong, if anything did. */
  async put(key: string, file: File): Promise<string | undefined> {
    this.#status.textContent = `Uploading ${key} …`;
    try {
      await putOriginal(key, file);
      this.#status.textContent = `${key} is uploaded.`;
      return undefined;
    } catch (error) {
      const { message } = error as Error;
      this.#status.textContent = message;
      return message;
    }
  }

  async #add(files: readonly File[]): Promise<void> {
    const folder = this.#folder.value.replace(/^\/+|\/+$/g, "");
    const problems: string[] = [];
    for (const file of files) {
      const problem = await this.put(folder === "" ? file.name : `${folder}/${file.name}`, file);
      if (problem !== undefined) problems.push(problem);
    }
    if (problems.length > 0) this.#status.textContent = problems.join(" ");
    else if (files.length > 1) this.#status.textContent = `${files.length} originals are uploaded.`;
  }
}
