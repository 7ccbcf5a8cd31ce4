import { z } from "zod";

/** Keys of stack files from before keys had groups, where the new key is not the same name in a group. */
const RENAMED_KEYS: Readonly<Record<string, string>> = {
  jpegQuality: "image.quality.jpeg",
  webpQuality: "image.quality.webp",
  avifQuality: "image.quality.avif",
  webpEffort: "image.effort.webp",
  avifEffort: "image.effort.avif",
  bucketName: "bucket.name",
  adoptBucket: "bucket.adopt",
  protectBucket: "bucket.protect",
  onDestroy: "bucket.forceDestroy (true or false)",
  freshVariants: "bucket.purgeOnChange",
  throttleRateLimit: "resizer.rateLimit",
  throttleBurstLimit: "resizer.burstLimit",
  edgeRefusals: "cdn.validateAtEdge",
  domain: "cdn.domain",
};

/** One problem of a config, and the keys that it concerns. */
export interface Problem {
  /** `image.quality.jpeg`; `sizes[]` for an item of a list. */
  readonly key: string;
  readonly sentence: string;
}

/** Returns a schema without its wrappers, and the text of what it allows, which any of them may carry. */
function unwrap(schema: z.core.$ZodType): { readonly schema: z.core.$ZodType; readonly allowed?: string } {
  const allowed = z.globalRegistry.get(schema)?.allowed as string | undefined;
  const { innerType, out } = schema._zod.def as { innerType?: z.core.$ZodType; out?: z.core.$ZodType };
  const inner = innerType ?? out;
  return inner
    ? { ...unwrap(inner), ...(allowed === undefined ? {} : { allowed }) }
    : { schema, ...(allowed === undefined ? {} : { allowed }) };
}

/** Returns what a schema allows, in words. */
export function allowedBy(wrapped: z.core.$ZodType): string {
  const { schema, allowed } = unwrap(wrapped);
  if (allowed !== undefined) return allowed;
  return schema instanceof z.ZodObject ? `an object with ${Object.keys(schema.shape).join(", ")}` : "";
}

/** Returns the schema of each key, groups left out, by the key: `image.quality.jpeg`. */
export function leavesOf(wrapped: z.core.$ZodType, prefix = ""): Map<string, z.core.$ZodType> {
  const { schema } = unwrap(wrapped);
  if (!(schema instanceof z.ZodObject)) return new Map([[prefix, wrapped]]);
  return new Map(
    Object.entries(schema.shape).flatMap(([name, inner]) => [
      ...leavesOf(inner as z.core.$ZodType, prefix === "" ? name : `${prefix}.${name}`),
    ]),
  );
}

/**
 * Parses a value, and where some of it is wrong, the rest of it: with defaults in the place of wrong values.
 * A group that lacks a required key is dropped as a whole.
 */
export function parseWhole<T extends z.ZodType>(
  schema: T,
  raw: unknown,
): { readonly value: z.output<T>; readonly problems: readonly Problem[] } {
  const result = schema.safeParse(raw);
  if (result.success) return { value: result.data, problems: [] };
  const { issues } = result.error;
  return { value: parseWhole(schema, withoutWrong(raw, issues)).value, problems: problemsOf(schema, raw, issues) };
}

function withoutWrong(raw: unknown, issues: readonly z.core.$ZodIssue[]): unknown {
  const rest: unknown = structuredClone(raw);
  // From the end, so that the indexes of a list stay right while items go.
  for (const issue of [...issues].reverse()) {
    if (issue.code === "unrecognized_keys") for (const key of issue.keys) drop(rest, [...issue.path, key]);
    else drop(rest, issue.path);
  }
  return rest;
}

function drop(root: unknown, path: readonly PropertyKey[]): void {
  const last = path.at(-1);
  const parent = path.slice(0, -1).reduce((value, key) => (value as Values | undefined)?.[key], root) as
    Values | undefined;
  if (last === undefined) return;
  if (parent === undefined || !(last in parent)) drop(root, path.slice(0, -1));
  else if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else Reflect.deleteProperty(parent, last);
}

type Values = Record<PropertyKey, unknown>;

/** Returns the problems that a schema has with a value, one a key or item. */
function problemsOf(schema: z.core.$ZodType, raw: unknown, issues: readonly z.core.$ZodIssue[]): Problem[] {
  const problems = issues.flatMap((issue) =>
    issue.code === "unrecognized_keys"
      ? issue.keys.map((name) => unknownKey(schema, issue.path.map(String), name))
      : [wrongValue(schema, raw, issue.path)],
  );
  return [...new Map(problems.map((problem) => [problem.sentence, problem])).values()];
}

function wrongValue(root: z.core.$ZodType, raw: unknown, path: readonly PropertyKey[]): Problem {
  let wrapped = root;
  let value = raw;
  const names: string[] = [];
  for (const segment of path) {
    const { schema } = unwrap(wrapped);
    const inner = (value as Record<PropertyKey, unknown> | undefined)?.[segment];
    if (schema instanceof z.ZodArray || schema instanceof z.ZodRecord) {
      const key = names.join(".");
      const isList = schema instanceof z.ZodArray;
      const allowed = (isList ? unwrap(schema.element).allowed : undefined) ?? allowedBy(wrapped);
      const item = isList ? shown(inner) : JSON.stringify({ [segment]: inner });
      return { key: `${key}[]`, sentence: `${key} has ${item}: allowed is ${allowed}` };
    }
    if (schema instanceof z.ZodObject) wrapped = schema.shape[String(segment)] as z.core.$ZodType;
    names.push(String(segment));
    value = inner;
  }
  const key = names.join(".");
  return { key, sentence: `${key} is ${shown(value)}: allowed is ${allowedBy(wrapped)}` };
}

/** Returns a value as it is written in a sentence. */
function shown(value: unknown): string {
  return value === undefined ? "missing" : typeof value === "string" && value !== "" ? value : JSON.stringify(value);
}

function unknownKey(schema: z.core.$ZodType, path: readonly string[], name: string): Problem {
  const key = [...path, name].join(".");
  const known = [...leavesOf(schema).keys()];
  if (known.includes(key)) {
    return { key, sentence: `${key} is one name with dots: allowed is a path, as pulumi config set --path writes it` };
  }
  const moved = known.filter((candidate) => lastName(candidate) === name);
  const exact = Object.hasOwn(RENAMED_KEYS, name) ? RENAMED_KEYS[name] : moved.length === 1 ? moved[0] : undefined;
  if (exact !== undefined) return { key, sentence: `${key} is not a key: allowed is ${exact}` };
  const all = [...new Set(known.flatMap(withGroups))];
  const near = nearest(key, all) ?? all.find((candidate) => lastName(candidate) === nearest(name, all.map(lastName)));
  const instead = near === undefined ? `allowed are ${known.join(", ")}` : `did you mean ${near}?`;
  return { key, sentence: `${key} is not a key: ${instead}` };
}

/** Returns the groups that a key is in, and the key. */
function withGroups(key: string): string[] {
  const segments = key.split(".");
  return segments.map((_, index) => segments.slice(0, index + 1).join("."));
}

function lastName(key: string): string {
  return key.slice(key.lastIndexOf(".") + 1);
}

/** Returns the candidate that a text was probably meant to be; undefined where none is like it. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  const ranked = candidates
    .map((candidate) => ({ candidate, edits: editsBetween(text, candidate) }))
    .sort((one, other) => one.edits - other.edits);
  return ranked[0] && ranked[0].edits <= Math.max(2, text.length / 4) ? ranked[0].candidate : undefined;
}

/** Levenshtein distance of two texts. */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [i, letter] of Array.from(one).entries()) {
    const next = [i + 1];
    for (const [j, candidate] of Array.from(other).entries()) {
      const replaced = (row[j] ?? 0) + (letter === candidate ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
