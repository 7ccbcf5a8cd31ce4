import { signal } from "@preact/signals";
import { formatBytes } from "../../../format-bytes";
import { putOriginal, Unreachable } from "../server";

/** File names that an original may have. */
export const ACCEPTED_FILES = ".jpg,.jpeg,.jfif,.png,.webp,.avif,.gif,.tif,.tiff,.heic,.heif";

/** A file with its path in the folder that the user chose. */
export interface ChosenFile {
  readonly path: string;
  readonly file: Pick<File, "size"> & Blob;
}

/** The files that are on their way into the bucket. */
export class Uploads {
  readonly folder = signal("uploads");
  readonly status = signal("");
  /** A sentence for each file that is not uploaded. */
  readonly problems = signal<readonly string[]>([]);
  /** Bytes of the files that are done, and of all. */
  readonly progress = signal({ done: 0, of: 0 });
  readonly #maxBytes: number;
  readonly #put: typeof putOriginal;

  constructor(maxBytes: number, put = putOriginal) {
    this.#maxBytes = maxBytes;
    this.#put = put;
  }

  /** Uploads files into the folder, one after the other. Hidden files, which systems put into folders, are left out. */
  async add(chosen: readonly ChosenFile[]): Promise<void> {
    const files = chosen.filter(({ path }) => !path.split("/").some((part) => part.startsWith(".")));
    const folder = this.folder.value.replace(/^\/+|\/+$/g, "");
    const of = files.reduce((sum, { file }) => sum + file.size, 0);
    this.problems.value = [];
    this.progress.value = { done: 0, of };
    let count = 0;
    for (const [index, { path, file }] of files.entries()) {
      this.status.value = `Uploading ${index + 1} of ${files.length}: ${path} …`;
      const problem = await this.put(folder === "" ? path : `${folder}/${path}`, file);
      if (problem === undefined) count += 1;
      else this.problems.value = [...this.problems.value, problem.message];
      if (problem instanceof Unreachable) break;
      this.progress.value = { done: this.progress.value.done + file.size, of };
    }
    this.progress.value = { done: 0, of: 0 };
    this.status.value = `${count} of ${files.length} ${files.length === 1 ? "original is" : "originals are"} uploaded.`;
  }

  /** Creates or replaces one original. Returns the problem, if there is one. */
  async put(key: string, file: ChosenFile["file"]): Promise<Error | undefined> {
    if (file.size > this.#maxBytes) {
      const sizes = `it has ${formatBytes(file.size)}, and the stack reads at most ${formatBytes(this.#maxBytes)}`;
      return new Error(`${key} is not uploaded: ${sizes}.`);
    }
    return this.#put(key, file).then(
      () => undefined,
      (error: unknown) => error as Error,
    );
  }
}

/** Returns the files that were dropped, those in folders among them. */
export async function droppedFiles({ items }: DataTransfer): Promise<ChosenFile[]> {
  // The items are gone after the event: all are taken at once.
  const taken = [...items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const files = taken.map(async ({ entry, file }): Promise<ChosenFile[]> => {
    // Only what is dropped from outside of the browser has an entry.
    if (entry) return filesOf(entry);
    return file ? [{ path: file.name, file }] : [];
  });
  return (await Promise.all(files)).flat();
}

async function filesOf(entry: FileSystemEntry): Promise<ChosenFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => {
      (entry as FileSystemFileEntry).file(resolve, reject);
    });
    return [{ path: entry.fullPath.slice(1), file }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const all: FileSystemEntry[] = [];
  // A reader returns at most a hundred at once.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return (await Promise.all(all.map(filesOf))).flat();
    all.push(...some);
  }
}
