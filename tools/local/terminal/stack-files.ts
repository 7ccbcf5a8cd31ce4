import { type FSWatcher, readFileSync, watch } from "node:fs";
import path from "node:path";
import { ROOT } from "@image-resizer/lib/root";

/** An editor writes a file in several steps. */
const SETTLED_MS = 100;

/** Notices that the config of a stack has other content: `Pulumi.yaml` or the stack's own file. */
export class StackFiles {
  readonly #files: readonly string[];
  readonly #watcher: FSWatcher;
  #content: string;
  #timer: NodeJS.Timeout | undefined;

  /** @param folder default: the project's */
  constructor(stack: string, onChange: () => void, folder = ROOT) {
    const names = ["Pulumi.yaml", `Pulumi.${stack}.yaml`];
    this.#files = names.map((name) => path.join(folder, name));
    this.#content = this.#read();
    // The folder is watched, because editors replace files.
    this.#watcher = watch(folder, { persistent: false }, (_event, name) => {
      if (name === null || !names.includes(name)) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => {
        const content = this.#read();
        if (content === this.#content) return;
        this.#content = content;
        onChange();
      }, SETTLED_MS);
    });
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watcher.close();
  }

  #read(): string {
    return this.#files.map(readOrNothing).join("\n");
  }
}

function readOrNothing(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
