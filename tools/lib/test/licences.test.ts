import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "mocha";
import { disallowedPackages, isAllowed } from "../licences";

describe("the licence check", () => {
  it("evaluates expressions", () => {
    const cases: [licence: string, allowed: boolean][] = [
      ["MIT", true],
      ["mit", false],
      ["AGPL-3.0-or-later", false],
      ["", false],
      ["(BSD-3-Clause OR GPL-2.0)", true],
      ["GPL-2.0 OR GPL-3.0", false],
      ["MIT AND Zlib", true],
      ["MIT AND GPL-2.0", false],
      ["GPL-2.0 OR MIT AND ISC", true],
      ["(MIT OR GPL-2.0) AND (GPL-3.0 OR (ISC AND 0BSD))", true],
      ["(MIT OR GPL-2.0) AND (GPL-3.0 OR (ISC AND GPL-2.0))", false],
      ["(MIT", false],
    ];
    for (const [licence, allowed] of cases) assert.equal(isAllowed("a", licence), allowed, licence);
  });

  it("allows a licence with conditions for named packages alone", () => {
    assert.equal(isAllowed("@img/sharp-libvips-linux-x64", "LGPL-3.0-or-later"), true);
    assert.equal(isAllowed("@img/sharp-win32-x64", "Apache-2.0 AND LGPL-3.0-or-later"), true);
    assert.equal(isAllowed("@img/colour", "LGPL-3.0-or-later"), false);
    assert.equal(isAllowed("axe-core-fork", "MPL-2.0"), false);
  });

  it("names each package of a lock file whose licence is not allowed", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "licences-"));
    try {
      const lockFile = path.join(folder, "package-lock.json");
      const packages = {
        "": { version: "1.0.0" },
        "tools/own": { version: "1.0.0" },
        "node_modules/@own/own": { link: true },
        "node_modules/good": { version: "1.0.0", license: "MIT" },
        "node_modules/good/node_modules/@bad/nested": {
          version: "2.0.0",
          license: "AGPL-3.0-or-later",
          optional: true,
        },
        "tools/own/node_modules/silent": { version: "3.0.0" },
      };
      writeFileSync(lockFile, JSON.stringify({ packages }));
      assert.deepEqual(
        disallowedPackages(lockFile).map((sentence) => sentence.split(":")[0]),
        ["@bad/nested 2.0.0 has the licence AGPL-3.0-or-later", "silent 3.0.0 has the licence none"],
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
