// In the bundle, what sharp takes of its own `libvips.cjs` as it loads. The rest of that builds sharp from its source, with
// semver for its versions, in whose fifty files goes half the time that sharp takes to load.

/** By this name sharp finds the versions of its libraries, which it only tells. */
export function runtimePlatformArch(): string {
  return `${process.platform}-${process.arch}`;
}
