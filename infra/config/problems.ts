import { z } from "zod";
import { allowedBy, leavesOf, unwrap } from "./leaves";

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
};

/** Returns a sentence for each problem that a schema has found in a config. */
export function sentencesOf(schema: z.core.$ZodType, raw: unknown, issues: readonly z.core.$ZodIssue[]): string[] {
  const sentences = issues.flatMap((issue) => {
    if (issue.code === "unrecognized_keys") return issue.keys.map((name) => unknownKey(schema, [...issue.path, name]));
    // A rule between keys has a sentence of its own.
    return issue.path.length === 0 && issue.code === "custom" ? issue.message : wrongValue(schema, raw, issue.path);
  });
  return [...new Set(sentences)];
}

/** Returns the keys whose values are wrong: `image.quality.jpeg`; `sizes[]` for an item of a list. */
export function wrongKeys(issues: readonly z.core.$ZodRawIssue[]): string[] {
  return issues
    .filter(({ code }) => code !== "unrecognized_keys")
    .map(({ path = [] }) =>
      path
        .map((it) => (typeof it === "number" ? "[]" : `.${String(it)}`))
        .join("")
        .slice(1),
    );
}

function wrongValue(root: z.core.$ZodType, raw: unknown, path: readonly PropertyKey[]): string {
  let schema = root;
  let value = raw;
  const names: string[] = [];
  for (const segment of path) {
    const core = unwrap(schema);
    const inner = (value as Record<PropertyKey, unknown> | undefined)?.[segment];
    if (core instanceof z.ZodArray) {
      return `${names.join(".")} has ${shown(inner)}: allowed is ${allowedBy(core.element) || allowedBy(schema)}`;
    }
    if (core instanceof z.ZodRecord) {
      return `${names.join(".")} has ${JSON.stringify({ [segment]: inner })}: allowed is ${allowedBy(schema)}`;
    }
    if (core instanceof z.ZodObject) schema = core.shape[String(segment)] as z.core.$ZodType;
    names.push(String(segment));
    value = inner;
  }
  return `${names.join(".")} is ${shown(value)}: allowed is ${allowedBy(schema)}`;
}

/** Returns a value as it is written in a sentence. */
function shown(value: unknown): string {
  return value === undefined ? "missing" : typeof value === "string" && value !== "" ? value : JSON.stringify(value);
}

function unknownKey(schema: z.core.$ZodType, path: readonly PropertyKey[]): string {
  const key = path.join(".");
  const name = lastName(key);
  const known = [...leavesOf(schema).keys()];
  if (known.includes(key)) {
    return `${key} is one name with dots: allowed is a path, as pulumi config set --path writes it`;
  }
  const [elsewhere, ...others] = known.filter((candidate) => lastName(candidate) === name);
  const renamed = RENAMED_KEYS[key];
  if (renamed !== undefined) return `${key} is not a key: allowed is ${renamed}`;
  if (elsewhere !== undefined && others.length === 0) return `${key} is not a key: allowed is ${elsewhere}`;
  const all = [...new Set(known.flatMap(withGroups))];
  const near = nearest(key, all) ?? all.find((candidate) => lastName(candidate) === nearest(name, all.map(lastName)));
  const instead = near === undefined ? `allowed are ${known.join(", ")}` : `did you mean ${near}?`;
  return `${key} is not a key: ${instead}`;
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
