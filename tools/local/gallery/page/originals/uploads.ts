import { signal } from "@preact/signals";
import { putOriginal } from "../server";

/** File names that an original may have. */
export const ACCEPTED_FILES = ".jpg,.jpeg,.jfif,.png,.webp,.avif,.gif,.tif,.tiff,.heic,.heif";

/** The files that are on their way into the bucket. */
export class Uploads {
  readonly folder = signal("uploads");
  readonly status = signal("");

  /** Uploads files into the folder, and reports every problem at the end. */
  async add(files: readonly File[]): Promise<void> {
    const folder = this.folder.value.replace(/^\/+|\/+$/g, "");
    const problems: string[] = [];
    for (const file of files) {
      const problem = await this.put(folder === "" ? file.name : `${folder}/${file.name}`, file);
      if (problem !== undefined) problems.push(problem);
    }
    if (problems.length > 0) this.status.value = problems.join(" ");
    else if (files.length > 1) this.status.value = `${files.length} originals are uploaded.`;
  }

  /** Creates or replaces one original. Returns the problem, if there is one. */
  async put(key: string, file: File): Promise<string | undefined> {
    this.status.value = `Uploading ${key} …`;
    try {
      await putOriginal(key, file);
      this.status.value = `${key} is uploaded.`;
      return undefined;
    } catch (error) {
      return (this.status.value = (error as Error).message);
    }
  }
}
