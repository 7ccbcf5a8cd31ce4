import { z } from "zod";
import { UserError } from "@image-resizer/lib/program";
import { globMatches } from "../../../policy/lib/glob";

/** Tests an event against a rule's pattern. */
export type EventMatcher = (event: unknown) => boolean;

/** EventBridge's wildcard has no `?`, a backslash escapes, and two stars in a row are an error. */
const AnythingBut = z.strictObject({
  "anything-but": z.strictObject({ wildcard: z.array(z.string().regex(/^(?!.*\*\*)[^\\?]*$/s)).min(1) }),
});
const Plain = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/**
 * Reads a rule's event pattern (EventBridge user guide, "Creating event patterns"): the event must have each field that it
 * names, with one of the values listed, or with one that matches none of the wildcards listed.
 * @param owner subject of the error: `the rule "originals"`
 * @throws UserError for a pattern that EventBridge would reject, or a comparison that the local stack does not serve
 */
export function eventMatcher(pattern: string, owner: string): EventMatcher {
  const reject = (path: readonly string[], problem: string) =>
    new UserError(`the event pattern of ${owner} cannot be served: ${path.join(".") || "it"} ${problem}`);

  const objectMatcher = (wanted: unknown, path: readonly string[]): EventMatcher => {
    if (!isObject(wanted) || Object.keys(wanted).length === 0) throw reject(path, "is no object with fields");
    const fields = Object.entries(wanted).map(([name, inner]) => {
      const at = [...path, name];
      if (name.startsWith("$")) throw reject(at, "is a test that the local stack does not serve");
      return [name, Array.isArray(inner) ? listMatcher(inner, at) : objectMatcher(inner, at)] as const;
    });
    return (event) =>
      isObject(event) && fields.every(([name, test]) => name in event && [event[name]].flat().some(test));
  };

  const listMatcher = (wanted: readonly unknown[], path: readonly string[]): EventMatcher => {
    if (wanted.length === 0) throw reject(path, "is an empty list");
    const tests = wanted.map((one): EventMatcher => {
      if (Plain.safeParse(one).success) return (value) => value === one;
      const parsed = AnythingBut.safeParse(one);
      if (!parsed.success) {
        const served = 'values and {"anything-but": {"wildcard": [...]}}';
        throw reject(path, `has ${JSON.stringify(one)}: the local stack serves ${served}`);
      }
      const { wildcard } = parsed.data["anything-but"];
      return (value) => !(typeof value === "string" && wildcard.some((excluded) => globMatches(excluded, value)));
    });
    return (value) => tests.some((test) => test(value));
  };

  let parsed: unknown;
  try {
    parsed = JSON.parse(pattern);
  } catch {
    throw reject([], "is no JSON");
  }
  return objectMatcher(parsed, []);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
