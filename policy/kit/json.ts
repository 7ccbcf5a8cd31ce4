/** A value as it comes out of a resource: anything at all. */
export type Json = unknown;

/** The value's own properties if it is an object that is not a list; undefined otherwise. */
export function recordOf(value: Json): Readonly<Record<string, Json>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)
    : undefined;
}

/** A property of an object; undefined if the value is no object or has no such property of its own. */
export function propertyOf(value: Json, key: string): Json {
  const record = recordOf(value);
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

/** The value as a list: itself, nothing for an absent one, a list of one otherwise. */
export function listOf(value: Json): readonly Json[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

/** Whether a property is not set at all: absent or null. */
export function isAbsent(value: Json): value is undefined | null {
  return value === undefined || value === null;
}

/** The value in a message: short, on one line. */
export function shown(value: Json): string {
  const text = typeof value === "object" && value !== null ? shownObject(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function shownObject(value: object): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Something in it is unknown in a preview.
    return Array.isArray(value) ? "a list" : "an object";
  }
}
