import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { quarters } from "./pictures";

/** A folder of `count` originals, `p/0.jpg`, `p/1.jpg` ..., for a local stack; whoever asked for it removes it. */
export async function originalsFolder(count: number): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "reliability-"));
  mkdirSync(path.join(folder, "p"));
  const bytes = await (await quarters(800, 600)).jpeg().toBuffer();
  for (let index = 0; index < count; index++) writeFileSync(path.join(folder, "p", `${index}.jpg`), bytes);
  return folder;
}
