import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { BuildError } from "./build-error";

/** Lambda's instruction sets, by their names in its API. */
export const ARCHITECTURES = ["arm64", "x86_64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

const NPM_CPU: Readonly<Record<Architecture, string>> = { arm64: "arm64", x86_64: "x64" };
const SOURCE = path.resolve(__dirname, "../../functions/resizer");
const MANIFESTS = ["package.json", "package-lock.json"];

/**
 * Installs sharp with its binaries for Lambda (Amazon Linux: glibc) below `folder` and returns the `node_modules` there.
 * The folder is named for the architecture and the lock file's content: what is there already is used as it is.
 *
 * Apart from the project's own `node_modules`, for npm removes one platform's binaries when it installs another's.
 * @throws BuildError with npm's reasons
 */
export function installNativeModules(folder: string, architecture: Architecture): string {
  const target = path.join(folder, `${architecture}-${lockHash()}`);
  const modules = path.join(target, "node_modules");
  if (existsSync(modules)) return modules;

  mkdirSync(folder, { recursive: true });
  const staging = mkdtempSync(path.join(folder, ".installing-"));
  try {
    for (const manifest of MANIFESTS) copyFileSync(path.join(SOURCE, manifest), path.join(staging, manifest));
    npmCi(staging, NPM_CPU[architecture]);
    // npm's record of the install: it is not needed at run time and differs between machines.
    rmSync(path.join(staging, "node_modules", ".package-lock.json"), { force: true });
    if (!existsSync(modules)) renameSync(staging, target);
    return modules;
  } catch (error) {
    throw new BuildError(`sharp could not be installed for Lambda on ${architecture}`, error);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

/** No links: Lambda's unzip takes none. No scripts: the binaries come in packages of their own. */
function npmCi(folder: string, cpu: string): void {
  const flags = ["--omit=dev", "--no-bin-links", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  execFileSync("npm", ["ci", ...flags, "--os=linux", `--cpu=${cpu}`, "--libc=glibc"], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    encoding: "utf8",
    shell: process.platform === "win32",
  });
}

function lockHash(): string {
  const hash = createHash("sha256");
  for (const manifest of MANIFESTS) hash.update(readFileSync(path.join(SOURCE, manifest)));
  return hash.digest("hex").slice(0, 12);
}
