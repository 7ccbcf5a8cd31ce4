import type { ObjectStore } from "./object-store";

/** What to list. */
export interface ListQuery {
  readonly prefix: string;
  /** Empty for none. */
  readonly delimiter: string;
  /** Only keys after this one; a common prefix stands for all keys below it. */
  readonly after: string;
  readonly maxKeys: number;
}

/** One page of a listing, keys and common prefixes each in the order of their UTF-8 bytes. */
export interface Listing {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** The last entry of a page that is not the last page. */
  readonly truncatedAt?: string;
}

/** Lists a store as ListObjectsV2 does. */
export function list(store: ObjectStore, { prefix, delimiter, after, maxKeys }: ListQuery): Listing {
  const afterBytes = Buffer.from(after);
  const isPrefixPassed = delimiter !== "" && after.endsWith(delimiter);
  const candidates = [...store.keys()]
    .filter((key) => key.startsWith(prefix))
    .map((key) => ({ key, bytes: Buffer.from(key) }))
    .filter(({ key, bytes }) => Buffer.compare(bytes, afterBytes) > 0 && !(isPrefixPassed && key.startsWith(after)))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes));

  const keys: string[] = [];
  const commonPrefixes = new Set<string>();
  let last = "";
  for (const { key } of candidates) {
    const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    const entry = end === -1 ? key : key.slice(0, end + delimiter.length);
    if (end !== -1 && commonPrefixes.has(entry)) continue;
    if (keys.length + commonPrefixes.size === maxKeys) {
      return { keys, commonPrefixes: [...commonPrefixes], ...(maxKeys > 0 ? { truncatedAt: last } : {}) };
    }
    if (end === -1) keys.push(key);
    else commonPrefixes.add(entry);
    last = entry;
  }
  return { keys, commonPrefixes: [...commonPrefixes] };
}
