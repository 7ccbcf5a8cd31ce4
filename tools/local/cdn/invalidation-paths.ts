import { splitTarget } from "../http/exchange";
import { normalizePath } from "./path-pattern";

/** The longest path that CloudFront takes, and how many may be invalidated at once. (CloudFront guide, quotas) */
const MAX_PATH_CHARACTERS = 4000;
export const MAX_PATHS = 3000;

/**
 * Whether an invalidation path is taken: it begins with a slash, has at most 4,000 characters, and blanks, control
 * characters, all that is not ASCII, and < > " { } | \ ^ ` are percent-encoded in it. CloudFront asks that of everything
 * that RFC 1738 calls unsafe (CloudFront guide, "What you need to know when invalidating files"), which is # % [ ] ~ too:
 * those pass here.
 */
export function isInvalidationPath(path: string): boolean {
  return path.length <= MAX_PATH_CHARACTERS && /^\/[\x21-\x7e]*$/.test(path) && !/[<>"{}|\\^`]/.test(path);
}

/**
 * Which targets (path and query string) an invalidation means. A path is compared whole, its case and query string too;
 * at its end, and only there, `*` stands for anything. Escapes that no path needs are undone on both sides, as
 * CloudFront does; other characters that are escaped are not the same as plain ones.
 */
export function invalidationMatcher(paths: readonly string[]): (target: string) => boolean {
  const exact = new Set(paths.filter((path) => !path.endsWith("*")).map(comparable));
  const prefixes = paths.filter((path) => path.endsWith("*")).map((path) => comparable(path.slice(0, -1)));
  return (target) => {
    const compared = comparable(target);
    return exact.has(compared) || prefixes.some((prefix) => compared.startsWith(prefix));
  };
}

function comparable(target: string): string {
  const [path, query] = splitTarget(target);
  return normalizePath(path) + target.slice(path.length, path.length + (query === "" ? 0 : 1)) + query;
}
