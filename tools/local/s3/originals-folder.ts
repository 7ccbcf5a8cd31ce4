import { realpath, stat } from "node:fs/promises";
import { UserError } from "@image-resizer/lib/user-error";

/** Resolves the links of a folder's path. @throws UserError for a folder that is missing or no folder */
export async function realFolder(directory: string): Promise<string> {
  try {
    const root = await realpath(directory);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(`the folder ${directory} ${code === "ENOENT" ? "does not exist" : "cannot be read"}`);
  }
  throw new UserError(`${directory} is no folder`);
}
