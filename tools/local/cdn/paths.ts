import { splitTarget } from "../http/exchange";

/** Longest path of an invalidation, and most paths of one. (CloudFront guide, quotas) */
const MAX_PATH_CHARACTERS = 4000;
export const MAX_PATHS = 3000;

/**
 * Normalizes a path as CloudFront does before it compares it with patterns: RFC 3986 normal form, dot segments resolved,
 * and escaped letters, digits, `-`, `.`, `_` and `~` unescaped. The origin gets the raw path.
 */
export function normalizePath(path: string): string {
  const unescaped = path.replace(/%([0-9a-f]{2})/gi, (escape, hex: string) => {
    const character = String.fromCharCode(parseInt(hex, 16));
    return /[A-Za-z0-9\-._~]/.test(character) ? character : escape.toUpperCase();
  });
  const segments: string[] = [];
  for (const segment of unescaped.split("/").slice(1)) {
    if (segment === "..") segments.pop();
    else if (segment !== ".") segments.push(segment);
  }
  const directory = /\/\.{1,2}$/.test(unescaped) && segments.length > 0 ? "/" : "";
  return `/${segments.join("/")}${directory}`;
}

/**
 * Tests an invalidation path: it begins with a slash, has at most 4,000 characters, and blanks, control characters, all
 * that is not ASCII, and < > " { } | \ ^ ` are percent-encoded in it. CloudFront requires that of all characters that RFC
 * 1738 calls unsafe (CloudFront guide, "What you need to know when invalidating files"), of # % [ ] ~ too, which pass here.
 */
export function isInvalidationPath(path: string): boolean {
  return path.length <= MAX_PATH_CHARACTERS && /^\/[\x21-\x7e]*$/.test(path) && !/[<>"{}|\\^`]/.test(path);
}

/**
 * Returns a test for the targets (path and query string) that an invalidation means. A path is compared whole, its case
 * and query string too; `*` stands for any text at its end, and only there. Escapes that no path needs are undone on both
 * sides, as CloudFront does.
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
  const [path] = splitTarget(target);
  return normalizePath(path) + target.slice(path.length);
}
