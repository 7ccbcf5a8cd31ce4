import { boolean, type Environment, formats, nonEmpty, readEnvironment, sizes } from "../environment";
import type { Format } from "../variant-key";

/** Everything that the purge function is told by its environment. */
export interface Settings {
  readonly bucket: string;
  readonly distributionId: string;
  /** The allow-list: it says which variants an original can have. */
  readonly sizes: readonly string[];
  readonly formats: readonly Format[];
  /** Whether the CDN keeps a variant under its path with `?key=` behind it. */
  readonly keyInQuery: boolean;
}

/**
 * Reads the settings from the function's environment.
 * @throws Error that names every variable that is missing or wrong, its value, and what is allowed
 */
export function readSettings(environment: Environment): Settings {
  return readEnvironment("The purge function's", environment, (read) => ({
    bucket: read("BUCKET", "the name of a bucket", nonEmpty),
    distributionId: read("DISTRIBUTION_ID", "the id of a distribution", nonEmpty),
    sizes: read("ALLOWED_SIZES", "sizes such as 360x270,640w,480h", sizes),
    formats: read("ALLOWED_FORMATS", "none or some of jpeg,png,webp,avif", formats),
    keyInQuery: read("KEY_IN_QUERY", "true or false", boolean),
  }));
}
