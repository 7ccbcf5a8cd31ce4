// `npm run build`: builds the functions' packages, the resizer's for each architecture, and prints the sizes.
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { ARCHITECTURES, BuildError, buildPurgePackage, buildResizerPackage } from ".";

/** Lambda's limit for an unzipped package (Lambda developer guide, "Lambda quotas"). */
const LAMBDA_LIMIT_MB = 250;

async function main(): Promise<void> {
  try {
    for (const architecture of ARCHITECTURES) {
      const { bundle, nodeModules } = await buildResizerPackage({ architecture, heic: false });
      const bundleBytes = sizeOf(bundle);
      const megabytes = ((bundleBytes + sizeOf(nodeModules)) / 1e6).toFixed(1);
      console.log(
        `resizer ${architecture}: bundle ${(bundleBytes / 1e3).toFixed(0)} KB, ` +
          `package with sharp ${megabytes} MB of Lambda's ${LAMBDA_LIMIT_MB} MB unzipped`,
      );
    }
    console.log(`purge: bundle ${(sizeOf((await buildPurgePackage()).bundle) / 1e3).toFixed(0)} KB`);
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Returns the bytes of a file, or of all files below a folder. */
function sizeOf(target: string): number {
  const stat = statSync(target);
  if (!stat.isDirectory()) return stat.size;
  return readdirSync(target).reduce((sum, entry) => sum + sizeOf(path.join(target, entry)), 0);
}

void main();
