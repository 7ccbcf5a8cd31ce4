/**
 * Whether a path matches a behaviour's pattern: `*` is any number of characters (`/` too), `?` exactly one, a leading
 * slash optional, and case counts. (CloudFront guide, path pattern)
 */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const source = pattern
    .replace(/^\//, "")
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^/${source}$`, "s");
  return (path) => expression.test(path);
}

/**
 * The path as CloudFront compares it with patterns: RFC 3986 normal form, that is dot segments resolved and escaped
 * letters, digits, `-`, `.`, `_` and `~` unescaped. The origin gets the raw path.
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
