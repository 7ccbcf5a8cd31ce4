import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { bundleFunction } from "./bundle";
import { type Architecture, installNativeModules } from "./native-modules";

export { type Architecture, ARCHITECTURES } from "./native-modules";

/** Folder that packages are built in, untracked. */
const BUILD_FOLDER = path.resolve(__dirname, "../../dist");

/** The files that a function's package is made of. */
export interface LambdaPackage {
  readonly bundle: string;
}

/** A package with libraries beside its bundle. */
export interface LambdaPackageWithModules extends LambdaPackage {
  readonly nodeModules: string;
}

/**
 * Builds the resizer's package for an architecture: its bundle, and sharp with the binaries for Lambda.
 * The same tree gives the same files, byte for byte.
 * @throws BuildError with the reason
 */
export async function buildResizerPackage(architecture: Architecture): Promise<LambdaPackageWithModules> {
  const folder = path.join(BUILD_FOLDER, "resizer");
  const bundle = path.join(folder, "index.js");
  await bundleFunction("resizer", bundle);
  return { bundle, nodeModules: installNativeModules(folder, architecture) };
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

/** The package as Pulumi deploys it: `index.js` and, where it has some, `node_modules`. */
export function asArchive(built: LambdaPackage | LambdaPackageWithModules): pulumi.asset.Archive {
  return new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.FileAsset(built.bundle),
    ...("nodeModules" in built ? { node_modules: new pulumi.asset.FileArchive(built.nodeModules) } : {}),
  });
}
