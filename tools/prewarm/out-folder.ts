import { UserError } from "@image-resizer/lib/user-error";

/**
 * Does what needs the folder that `--out` names.
 * @throws UserError where the system does not allow it
 */
export function inOutFolder<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    const what = "it is a folder to read and write files in, which is made where there is none";
    throw new UserError(`--out is "${folder}": ${what} (${(error as Error).message})`);
  }
}
