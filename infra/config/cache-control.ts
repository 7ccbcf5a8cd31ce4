const NO_ARGUMENT = /^$/;
const SECONDS = /^=[0-9]{1,10}$/;
const FIELDS = /^(="[!#$%&'*+.^_`|~0-9a-z-]+(?:[ \t]*,[ \t]*[!#$%&'*+.^_`|~0-9a-z-]+)*")?$/i;

/** Response directives of RFC 9111 (5.2.2), RFC 5861 and RFC 8246, with their arguments. */
const DIRECTIVES = new Map([
  ...["max-age", "s-maxage", "stale-while-revalidate", "stale-if-error"].map((name) => [name, SECONDS] as const),
  ...["no-cache", "private"].map((name) => [name, FIELDS] as const),
  ...["immutable", "must-revalidate", "must-understand", "no-store", "no-transform", "proxy-revalidate", "public"].map(
    (name) => [name, NO_ARGUMENT] as const,
  ),
]);

const DIRECTIVE = /^([a-z-]+)(=.+)?$/i;
/** Between directives, and not within the quotes of a list of fields. */
const COMMA = /,(?=(?:[^"]*"[^"]*")*[^"]*$)/;

/** Returns the directives of a Cache-Control header by their lower-case names; undefined for a malformed header. */
export function parseCacheControl(header: string): ReadonlyMap<string, string> | undefined {
  const directives = new Map<string, string>();
  for (const part of header.split(COMMA)) {
    const [, written = "", argument = ""] = DIRECTIVE.exec(part.trim()) ?? [];
    const name = written.toLowerCase();
    if (directives.has(name) || !DIRECTIVES.get(name)?.test(argument)) return undefined;
    directives.set(name, argument.slice(1));
  }
  return directives;
}

/** Returns how long a shared cache may keep a response, in seconds; 0 where the header sets no time (RFC 9111, 5.2.2.10). */
export function sharedMaxAge(header: string): number {
  const directives = parseCacheControl(header);
  return Number(directives?.get("s-maxage") ?? directives?.get("max-age") ?? 0);
}
