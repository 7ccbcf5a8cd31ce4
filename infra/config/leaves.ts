import { z } from "zod";

// Each leaf says in `allowed` what an error and the documentation say. A secret inside a group arrives as text, and
// `pulumi config set --path` writes a number or a boolean wherever a value looks like one.
/** Returns a function that reads a text which looks like a value of JSON as one. */
export const fromText = (pattern: RegExp) => (value: unknown) =>
  typeof value === "string" && pattern.test(value) ? (JSON.parse(value) as unknown) : value;
export const integer = (least: number, most: number, unit = "") =>
  z
    .preprocess(fromText(/^(0|-?[1-9][0-9]*)$/), z.int().min(least).max(most))
    .meta({ allowed: `an integer from ${least} to ${most}${unit && ` ${unit}`}` });
export const flag = () => z.preprocess(fromText(/^(true|false)$/), z.boolean()).meta({ allowed: "true or false" });
export const oneOf = <const T extends readonly string[]>(values: T) =>
  z.enum(values).meta({ allowed: `one of ${values.join(", ")}` });
export const matching = (pattern: RegExp, allowed: string) => z.string().regex(pattern).meta({ allowed });
export const group = <T extends z.ZodRawShape>(shape: T) => z.strictObject(shape).prefault({} as never);
