// `npm run build`: builds the functions' packages, the resizer's for each architecture, and prints the sizes.
import { ARCHITECTURES, buildPurgePackage, buildResizerPackage } from ".";
import { BuildError } from "./build-error";
import { sizeOf } from "./files";

/** Lambda's limit for an unzipped package (Lambda developer guide, "Lambda quotas"). */
const LAMBDA_LIMIT_MB = 250;

async function main(): Promise<void> {
  try {
    for (const architecture of ARCHITECTURES) {
      const { bundle, nodeModules } = await buildResizerPackage(architecture);
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

void main();
