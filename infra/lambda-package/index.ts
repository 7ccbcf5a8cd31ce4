import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { bundleResizer } from "./bundle";
import { type Architecture, installNativeModules } from "./native-modules";

export { type Architecture, ARCHITECTURES } from "./native-modules";

/** Where packages are built; nothing in it is tracked. */
const BUILD_FOLDER = path.resolve(__dirname, "../../dist/resizer");

/** The files that a function's package is made of. */
export interface LambdaPackage {
  readonly bundle: string;
  readonly nodeModules: string;
}

/**
 * Builds the resizer's package for an architecture: its bundle, and sharp with the binaries for Lambda.
 * The same tree gives the same files, byte for byte.
 * @throws BuildError with the reason
 */
export function buildPackage(architecture: Architecture): LambdaPackage {
  const bundle = path.join(BUILD_FOLDER, "index.js");
  bundleResizer(bundle);
  return { bundle, nodeModules: installNativeModules(BUILD_FOLDER, architecture) };
}

/** The package as Pulumi deploys it: `index.js` and `node_modules`. */
export function asArchive({ bundle, nodeModules }: LambdaPackage): pulumi.asset.Archive {
  return new pulumi.asset.AssetArchive({
    "index.js": new pulumi.asset.FileAsset(bundle),
    node_modules: new pulumi.asset.FileArchive(nodeModules),
  });
}
