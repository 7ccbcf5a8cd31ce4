// In the bundle, what sharp's own `sharp.cjs` is: the native library. That one looks for a build of one's own first, and
// names its file by a pattern that no bundler can follow.
import { createRequire } from "node:module";

const { platform, arch } = process;
/** Linux has two C libraries, and npm installs the package for the one that there is. */
const PACKAGES = [`@img/sharp-${platform}-${arch}`, `@img/sharp-${platform}musl-${arch}`];

function load(): unknown {
  const load = createRequire(__filename);
  const reasons: unknown[] = [];
  for (const name of PACKAGES) {
    try {
      return load(`${name}/sharp.node`);
    } catch (error) {
      reasons.push(error);
    }
  }
  throw new AggregateError(
    reasons,
    `sharp's library for ${platform} on ${arch} could not be loaded: ${String(reasons[0])}`,
  );
}

export = load();
