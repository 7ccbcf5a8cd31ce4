// `npm run licences`: checks the packages that the lock files name, also those for other platforms.
import { readFileSync } from "node:fs";
import path from "node:path";
import { defineCommand, runCommand } from "./cli";
import { ROOT } from "./root";
import { UserError } from "./user-error";

const LOCK_FILES = ["package-lock.json", "functions/resizer/package-lock.json"];

const ALLOWED: ReadonlySet<string> = new Set([
  ...["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "BlueOak-1.0.0", "0BSD", "Zlib"],
  ...["CC0-1.0", "Unlicense", "Python-2.0", "PSF-2.0"],
]);

/** Licences that are allowed for some packages alone. */
const EXCEPTIONS: readonly { readonly licence: string; readonly packages: RegExp }[] = [
  // libvips, a shared library that a user can replace; README, "Licence".
  { licence: "LGPL-3.0-or-later", packages: /^@img\/sharp-(libvips|win32|wasm32)/ },
  // libheif, a file of its own that a user can replace; README, "Licence".
  { licence: "LGPL-3.0", packages: /^libheif-js$/ },
  // Runs in tests, unchanged, and is not distributed.
  { licence: "MPL-2.0", packages: /^axe-core$/ },
  // Data.
  { licence: "CC-BY-3.0", packages: /^spdx-exceptions$/ },
  { licence: "CC-BY-4.0", packages: /^caniuse-lite$/ },
  // Its LICENSE file is the text of MIT.
  { licence: "SEE LICENSE IN LICENSE", packages: /^@logdna\/tail-file$/ },
];

interface LockedPackage {
  readonly version?: string;
  readonly license?: string;
  /** A workspace. */
  readonly link?: boolean;
}

/** Returns whether a package may have a licence, which may be an SPDX expression. */
export function isAllowed(name: string, licence: string): boolean {
  const isListed = (id: string) =>
    ALLOWED.has(id) || EXCEPTIONS.some((one) => one.licence === id && one.packages.test(name));
  if (isListed(licence)) return true;
  // The innermost parentheses first: they become an id that is allowed or not.
  if (licence.includes("(")) {
    const evaluate = (_: string, group: string) => (isAllowed(name, group) ? "MIT" : "NONE");
    const simpler = licence.replace(/\(([^()]*)\)/, evaluate);
    return simpler !== licence && isAllowed(name, simpler);
  }
  return licence.split(" OR ").some((choice) => choice.split(" AND ").every((id) => isListed(id.trim())));
}

/** Returns a sentence for each package of a lock file whose licence is not allowed. */
export function disallowedPackages(lockFile: string): string[] {
  const { packages } = JSON.parse(readFileSync(lockFile, "utf8")) as { packages: Record<string, LockedPackage> };
  return Object.entries(packages).flatMap(([folder, { version = "", license = "", link }]) => {
    const [, name] = /.*node_modules\/(.*)/.exec(folder) ?? [];
    if (name === undefined || link || isAllowed(name, license)) return [];
    return [`${name} ${version} has the licence ${license || "none"}: allowed are ${[...ALLOWED].join(", ")}`];
  });
}

export const command = defineCommand({
  name: "npm run licences",
  summary: "Checks that every package of the lock files has an allowed licence.",
  options: {},
  run: () => {
    const problems = LOCK_FILES.flatMap((file) => disallowedPackages(path.join(ROOT, file)));
    if (problems.length > 0) throw new UserError([...new Set(problems)].join("\n"));
    return Promise.resolve(0);
  },
});

if (require.main === module) runCommand(command);
