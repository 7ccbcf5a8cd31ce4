import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { BuildError, bundleFunction } from "./bundle";

export { BuildError };

/** Lambda's instruction sets, by their names in its API. */
export const ARCHITECTURES = ["arm64", "x86_64"] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

const NPM_CPU: Readonly<Record<Architecture, string>> = { arm64: "arm64", x86_64: "x64" };
/** Manifests of sharp for Lambda. */
const MANIFESTS = ["package.json", "package-lock.json"];
const MANIFESTS_FOLDER = path.resolve(__dirname, "../../functions/resizer");
const HEIC_WORKER = "heic-worker.cjs";
/** Of five builds of libheif the one that is a single file. */
const LIBHEIF_FILES = [
  ...["package.json", "LICENSE", "wasm-bundle.js"],
  ...["libheif-wasm/LICENSE", "libheif-wasm/libheif-bundle.js"],
];
/** Folder that packages are built in, untracked. */
const BUILD_FOLDER = path.resolve(__dirname, "../../dist");

/** The files that a function's package is made of. */
export interface LambdaPackage {
  readonly bundle: string;
  /** Folder of the libraries beside the bundle. */
  readonly nodeModules?: string;
  /** More files, by their paths in the package. */
  readonly files?: Readonly<Record<string, string>>;
}

export interface ResizerPackageArgs {
  readonly architecture: Architecture;
  /** True if the package has the decoder of HEIC. */
  readonly heic: boolean;
}

/**
 * Builds the resizer's package: its bundle, sharp with the binaries for Lambda, and what else the stack wants.
 * The same tree gives the same files, byte for byte.
 * @throws BuildError with the reason
 */
export async function buildResizerPackage({
  architecture,
  heic,
}: ResizerPackageArgs): Promise<Required<LambdaPackage>> {
  const folder = path.join(BUILD_FOLDER, "resizer");
  const bundle = path.join(folder, "index.js");
  await bundleFunction("resizer", bundle);
  const nodeModules = installNativeModules(folder, architecture);
  return { bundle, nodeModules, files: heic ? heicDecoder(folder) : {} };
}

/**
 * Returns the files of the HEIC decoder, its thread beside the bundle. libheif is as npm has it, with its licence, so that it can be
 * replaced.
 */
function heicDecoder(folder: string): Record<string, string> {
  const worker = path.join(folder, HEIC_WORKER);
  copyFileSync(path.join(MANIFESTS_FOLDER, "heic", HEIC_WORKER), worker);
  const libheif = path.dirname(require.resolve("libheif-js/package.json"));
  const files = LIBHEIF_FILES.map((file) => [`node_modules/libheif-js/${file}`, path.join(libheif, file)] as const);
  return { [HEIC_WORKER]: worker, ...Object.fromEntries(files) };
}

/**
 * Builds the purge function's package: its bundle, for any architecture.
 * @throws BuildError with the reason
 */
export async function buildPurgePackage(): Promise<LambdaPackage> {
  const bundle = path.join(BUILD_FOLDER, "purge", "index.js");
  await bundleFunction("purge", bundle);
  return { bundle };
}

/** Returns a package as Pulumi deploys it. */
export function asArchive({ bundle, nodeModules, files = {} }: LambdaPackage): pulumi.asset.Archive {
  return new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.FileAsset(bundle),
    ...(nodeModules === undefined ? {} : { node_modules: new pulumi.asset.FileArchive(nodeModules) }),
    ...Object.fromEntries(Object.entries(files).map(([name, file]) => [name, new pulumi.asset.FileAsset(file)])),
  });
}

/**
 * Installs sharp with its binaries for Lambda (Amazon Linux: glibc) below `folder` and returns the `node_modules` there.
 * What is there already for the architecture and the manifests is used as it is. Apart from the project's own
 * `node_modules`, because npm removes one platform's binaries when it installs another's.
 * @throws BuildError with npm's reasons
 */
export function installNativeModules(folder: string, architecture: Architecture): string {
  const target = path.join(folder, `${architecture}-${manifestsHash()}`);
  const modules = path.join(target, "node_modules");
  if (existsSync(modules)) return modules;

  mkdirSync(folder, { recursive: true });
  const staging = mkdtempSync(path.join(folder, ".installing-"));
  try {
    for (const name of MANIFESTS) copyFileSync(path.join(MANIFESTS_FOLDER, name), path.join(staging, name));
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

function manifestsHash(): string {
  const hash = createHash("sha256");
  for (const name of MANIFESTS) hash.update(readFileSync(path.join(MANIFESTS_FOLDER, name)));
  return hash.digest("hex").slice(0, 12);
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
