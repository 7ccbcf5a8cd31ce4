import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { describe, it } from "mocha";
import { PULUMI_VERSION } from "@image-resizer/lib/pulumi-outputs";
import { ROOT } from "@image-resizer/lib/root";

const IGNORED = new Set(["node_modules", "dist", ".git"]);

/** Returns the Markdown files below a folder, relative to the project's. */
function documents(folder = "."): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : documents(file);
    return entry.name.endsWith(".md") ? [file] : [];
  });
}

const read = (file: string) => readFileSync(path.join(ROOT, file), "utf8");
const withoutBlocks = (text: string) => text.replace(/^(```|~~~)[^]*?^\1/gm, "");

/** Returns the targets of links and images, of definitions, and of HTML. */
function targets(text: string): string[] {
  const prose = withoutBlocks(text).replace(/`[^`\n]*`/g, "`code`");
  const links = [/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g, /^\[[^\]]+\]: (\S+)/gm, /\b(?:src|srcset|href)="([^"]+)"/g];
  return links.flatMap((link) => [...prose.matchAll(link)].map(([, target = ""]) => target));
}

/** Returns the anchors that GitHub gives to the headings of a document. */
function anchors(text: string): Set<string> {
  const found = new Set<string>();
  for (const [, heading = ""] of withoutBlocks(text).matchAll(/^#{1,6} +(.+)$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase();
    const slug = plain.replace(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-");
    let anchor = slug;
    for (let again = 1; found.has(anchor); again++) anchor = `${slug}-${again}`;
    found.add(anchor);
  }
  return found;
}

describe("the docs", () => {
  const files = documents();

  it("are found", () => {
    for (const file of ["README.md", "docs/design.md", "tools/prewarm/README.md"])
      assert.ok(files.includes(file), file);
  });

  for (const file of files) {
    it(`${file} has links that lead to a file or a heading`, () => {
      const broken = targets(read(file)).filter((target) => {
        if (/^[a-z]+:/i.test(target)) return false;
        const [linked = "", anchor] = decodeURI(target).split("#", 2);
        const name = linked === "" ? file : path.join(path.dirname(file), linked);
        if (!existsSync(path.join(ROOT, name))) return true;
        return anchor !== undefined && !(name.endsWith(".md") && anchors(read(name)).has(anchor));
      });
      assert.deepEqual(broken, []);
    });
  }

  it("name only commands of npm that exist", () => {
    // The change log has commands of the past.
    const current = files.filter((file) => file !== "CHANGELOG.md");
    const unknown = current.flatMap((file) =>
      [...read(file).matchAll(/npm (?:run (?:--silent |-s )?)?([a-z][a-z:-]*)([^\n`#|]*)/g)].flatMap(
        ([command, name = "", rest = ""]) => {
          if (!command.startsWith("npm run") && !["start", "test"].includes(name)) return [];
          const [, workspace = ""] = /(?:--workspace|-w)[ =](\S+)/.exec(rest) ?? [];
          const { scripts = {} } = JSON.parse(read(path.join(workspace, "package.json"))) as {
            scripts?: Record<string, string>;
          };
          return name in scripts ? [] : [`${file}: ${command}`];
        },
      ),
    );
    assert.deepEqual(unknown, []);
  });

  it("name one version of the Pulumi CLI", () => {
    const versions = files.flatMap((file) => read(file).match(/pulumi@\d[\d.]*\d/g) ?? []);
    assert.deepEqual([...new Set(versions)], [`pulumi@${PULUMI_VERSION}`]);
  });
});
