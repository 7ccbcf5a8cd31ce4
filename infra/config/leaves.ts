import { z } from "zod";

// The schemas of keys, each of which says in `allowed` what an error and the documentation say. A secret inside a group
// arrives as text, and `pulumi config set --path` writes a number or a boolean wherever a value looks like one.

/** Returns a function that reads a text which looks like a value of JSON as one. */
export const fromText = (pattern: RegExp) => (value: unknown) =>
  typeof value === "string" && pattern.test(value) ? (JSON.parse(value) as unknown) : value;
export const integer = (least: number, most: number, unit = "") =>
  z
    .preprocess(fromText(/^(0|-?[1-9][0-9]*)$/), z.int().min(least).max(most))
    .meta({ allowed: `an integer from ${least} to ${most}${unit && ` ${unit}`}` });
export const flag = (byDefault: boolean, meaning: string) =>
  z
    .preprocess(fromText(/^(true|false)$/), z.boolean())
    .meta({ allowed: "true or false" })
    .prefault(byDefault)
    .describe(meaning);
export const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values).meta({ allowed: `one of ${values.join(", ")}` });
export const matching = (pattern: RegExp, allowed: string) => z.string().regex(pattern).meta({ allowed });
export const group = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).prefault({} as never);

/** Returns a schema and the schemas that it wraps, from the outside in. */
function layersOf(schema: z.core.$ZodType): z.core.$ZodType[] {
  const { innerType, out } = schema._zod.def as { innerType?: z.core.$ZodType; out?: z.core.$ZodType };
  const inner = innerType ?? out;
  return [schema, ...(inner ? layersOf(inner) : [])];
}

/** Returns a schema without its wrappers. */
export function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  return layersOf(schema).at(-1) ?? schema;
}

/** Returns what a schema allows, in words. */
export function allowedBy(schema: z.core.$ZodType): string {
  const said = layersOf(schema).map((layer) => z.globalRegistry.get(layer)?.allowed as string | undefined);
  const core = unwrap(schema);
  const keys = core instanceof z.ZodObject ? `an object with ${Object.keys(core.shape).join(", ")}` : "";
  return said.find((allowed) => allowed !== undefined) ?? keys;
}

/** Returns the schema of each key, groups left out, by the key: `image.quality.jpeg`. */
export function leavesOf(schema: z.core.$ZodType, prefix = ""): Map<string, z.core.$ZodType> {
  const core = unwrap(schema);
  if (!(core instanceof z.ZodObject)) return new Map([[prefix, schema]]);
  return new Map(
    Object.entries(core.shape).flatMap(([name, inner]) => [
      ...leavesOf(inner as z.core.$ZodType, prefix === "" ? name : `${prefix}.${name}`),
    ]),
  );
}
