// In the bundle, what sharp takes of semver as it loads: the least libvips that it could be built with, for its installer.

/** The version itself: nobody compares it. */
export function coerce(version: string): { readonly version: string } {
  return { version };
}
