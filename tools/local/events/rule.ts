import { z } from "zod";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";
import { globMatches } from "../../../policy/lib/glob";
import { parsed, recordOf } from "../../../policy/lib/values";
import { inputsOf, ofType, outputOf, unserved } from "../declared";

/** A rule of the default event bus, with the ARNs of its targets. */
export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly matches: EventMatcher;
  readonly targetArns: readonly string[];
}

const RuleInputs = z.looseObject({
  ...unserved("scheduleExpression", "eventBusName"),
  eventPattern: z.string(),
  state: z.literal("ENABLED").optional(),
});
const TargetInputs = z.looseObject({
  ...unserved("input", "inputPath", "inputTransformer", "sqsTarget", "deadLetterConfig", "eventBusName"),
  rule: z.string(),
  arn: z.string(),
});

/**
 * Reads the declared rules of the default event bus.
 * @throws UserError for a rule or a target that cannot be served
 */
export function declaredRules(resources: readonly RegisteredResource[]): Rule[] {
  const targets = ofType(resources, "aws:cloudwatch/eventTarget:EventTarget").map((resource) =>
    inputsOf(resource, TargetInputs),
  );
  return ofType(resources, "aws:cloudwatch/eventRule:EventRule").map((resource) => {
    const owner = `the rule "${resource.name}"`;
    const { eventPattern } = inputsOf(resource, RuleInputs);
    const name = outputOf(resource, "name");
    return {
      name,
      arn: outputOf(resource, "arn"),
      matches: eventMatcher(eventPattern, owner),
      targetArns: targets.filter(({ rule }) => rule === name).map(({ arn }) => arn),
    };
  });
}

/** Tests an event against a rule's pattern. */
type EventMatcher = (event: unknown) => boolean;

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
    const named = Object.entries(recordOf(wanted) ?? {});
    if (named.length === 0) throw reject(path, "is no object with fields");
    const fields = named.map(([name, inner]) => {
      const at = [...path, name];
      if (name.startsWith("$")) throw reject(at, "is a test that the local stack does not serve");
      return [name, Array.isArray(inner) ? listMatcher(inner, at) : objectMatcher(inner, at)] as const;
    });
    return (value) => {
      const event = recordOf(value);
      return event !== undefined && fields.every(([name, test]) => name in event && [event[name]].flat().some(test));
    };
  };

  const listMatcher = (wanted: readonly unknown[], path: readonly string[]): EventMatcher => {
    if (wanted.length === 0) throw reject(path, "is an empty list");
    const tests = wanted.map((one): EventMatcher => {
      if (Plain.safeParse(one).success) return (value) => value === one;
      const test = AnythingBut.safeParse(one);
      if (!test.success) {
        const served = 'values and {"anything-but": {"wildcard": [...]}}';
        throw reject(path, `has ${JSON.stringify(one)}: the local stack serves ${served}`);
      }
      const { wildcard } = test.data["anything-but"];
      return (value) => !(typeof value === "string" && wildcard.some((excluded) => globMatches(excluded, value)));
    });
    return (value) => tests.some((test) => test(value));
  };

  const document = parsed(pattern);
  if (typeof document === "string") throw reject([], "is no JSON");
  return objectMatcher(document, []);
}
