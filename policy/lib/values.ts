/** A value of a resource's property: anything at all. */
export type Json = unknown;

/** Returns an object that is not a list; undefined for anything else. */
export function recordOf(value: Json): Readonly<Record<string, Json>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, Json>>)
    : undefined;
}

/** Returns a property of an object; undefined if the value is no object or has no such property of its own. */
export function propertyOf(value: Json, key: string): Json {
  const record = recordOf(value);
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

/**
 * Returns a property of an object by its name as Pulumi writes it (`policyDocument`) or as AWS does (`PolicyDocument`);
 * undefined if there is neither.
 */
export function fieldOf(value: Json, key: string): Json {
  return propertyOf(value, key) ?? propertyOf(value, key.charAt(0).toUpperCase() + key.slice(1));
}

/** Returns a list as it is, a list of one for any other value, and an empty one for an absent value. */
export function listOf(value: Json): readonly Json[] {
  if (isAbsent(value)) return [];
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

/** Checks whether a property is not set: absent or null. */
export function isAbsent(value: Json): value is undefined | null {
  return value === undefined || value === null;
}

/** Parses JSON text; returns text that is not JSON, and any other value, as it is. */
export function parsed(value: Json): Json {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

/** Formats a value for a message: short, on one line. */
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
