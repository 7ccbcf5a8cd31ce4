import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { describe, it } from "mocha";
import { ROOT } from "@image-resizer/lib/root";

const { scripts } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
  scripts: Record<string, string>;
};
/** The documents of the project's folder and of docs/. */
const docs = [".", "docs"].flatMap((folder) =>
  readdirSync(path.join(ROOT, folder))
    .filter((file) => file.endsWith(".md"))
    .map((file) => readFileSync(path.join(ROOT, folder, file), "utf8")),
);

describe("the commands that the docs name", () => {
  for (const [name, script] of Object.entries(scripts)) {
    // Commands of this project; the others run oxlint, mocha and so on.
    const [, words] = /^(?:exec node -r .*\/preflight\.cjs|tsx) (tools\/.*)$/.exec(script) ?? [];
    const command = name === "start" ? "npm start" : `npm run ${name}`;
    if (words === undefined || !docs.some((text) => text.includes(command))) continue;

    it(`${command} has a help`, async () => {
      const args = ["--import", "tsx", ...words.split(" "), "--help"];
      const { stdout: help } = await promisify(execFile)(process.execPath, args, { cwd: ROOT });
      assert.ok(help.includes(`\n${command}`), help);
      assert.match(help, /^ {2}(?:-h, )?--help {2}/m);
    });
  }
});
