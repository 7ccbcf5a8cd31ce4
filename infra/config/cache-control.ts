/** Arguments of the response directives of RFC 9111 (5.2.2), RFC 5861 and RFC 8246. */
const ARGUMENTS: Readonly<Record<string, "none" | "seconds" | "fields">> = {
  "max-age": "seconds",
  "s-maxage": "seconds",
  "stale-while-revalidate": "seconds",
  "stale-if-error": "seconds",
  "no-cache": "fields",
  private: "fields",
  immutable: "none",
  "must-revalidate": "none",
  "must-understand": "none",
  "no-store": "none",
  "no-transform": "none",
  "proxy-revalidate": "none",
  public: "none",
};

const DIRECTIVE = /^([a-z-]+)(?:=(.+))?$/i;
/** Between directives, and not within the quotes of a list of fields. */
const COMMA = /,(?=(?:[^"]*"[^"]*")*[^"]*$)/;
const SECONDS = /^[0-9]{1,10}$/;
const FIELDS = /^"[!#$%&'*+.^_`|~0-9a-z-]+(?:[ \t]*,[ \t]*[!#$%&'*+.^_`|~0-9a-z-]+)*"$/i;

/** Returns the directives of a Cache-Control header by their lower-case names; undefined for a malformed header. */
export function parseCacheControl(header: string): ReadonlyMap<string, string | undefined> | undefined {
  const directives = new Map<string, string | undefined>();
  for (const part of header.split(COMMA)) {
    const [, written = "", argument] = DIRECTIVE.exec(part.trim()) ?? [];
    const name = written.toLowerCase();
    if (directives.has(name) || !takes(name, argument)) return undefined;
    directives.set(name, argument);
  }
  return directives;
}

/** Returns how long a shared cache may keep a response, in seconds; 0 where the header sets no time (RFC 9111, 5.2.2.10). */
export function sharedMaxAge(header: string): number {
  const directives = parseCacheControl(header);
  return Number(directives?.get("s-maxage") ?? directives?.get("max-age") ?? 0);
}

function takes(name: string, argument: string | undefined): boolean {
  switch (Object.hasOwn(ARGUMENTS, name) && ARGUMENTS[name]) {
    case "none":
      return argument === undefined;
    case "seconds":
      return argument !== undefined && SECONDS.test(argument);
    case "fields":
      return argument === undefined || FIELDS.test(argument);
    default:
      return false;
  }
}
