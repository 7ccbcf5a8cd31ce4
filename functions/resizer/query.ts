const PERCENT_ENCODED = /%[0-9a-f]{2}/i;

/**
 * Returns the keys that a raw query string may mean, likeliest first; empty where it names none.
 *
 * Everything after `key=` belongs to the key, a raw `&` or `=` included: S3 documents no encoding for what its routing
 * rule puts there. It is percent-decoded once, and where the result is percent-encoded UTF-8 itself, once more.
 */
export function keysOf(rawQueryString: string): string[] {
  const at = /(?:^|&)key=/.exec(rawQueryString);
  if (!at) return [];
  const once = decode(rawQueryString.slice(at.index + at[0].length));
  if (once === undefined) return [];
  const twice = PERCENT_ENCODED.test(once) ? decode(once) : undefined;
  return twice === undefined ? [once] : [once, twice];
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
