import { z } from "zod";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";

/** A list that Pulumi may also leave out. */
export const strings = z
  .array(z.string())
  .nullish()
  .transform((list) => list ?? []);

/** Returns the resources of one type, in the order of their registration. */
export function ofType(resources: readonly RegisteredResource[], type: string): RegisteredResource[] {
  return resources.filter((resource) => resource.type === type);
}

/**
 * Returns the one resource of a type that the local stack serves.
 * @throws UserError if there is none or more than one
 */
export function single(resources: readonly RegisteredResource[], type: string): RegisteredResource {
  const found = ofType(resources, type);
  const [resource] = found;
  if (!resource || found.length > 1) {
    throw new UserError(`the local stack serves one ${type}, and the program declares ${found.length}`);
  }
  return resource;
}

/**
 * Parses the inputs of a resource that the local stack reads.
 * @throws UserError that names the resource and every input that has another form
 */
export function inputsOf<T extends z.ZodType>(resource: RegisteredResource, schema: T): z.output<T> {
  const parsed = schema.safeParse(resource.inputs);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  throw new UserError(`${resource.type} "${resource.name}" cannot be served: ${problems.join("; ")}`);
}

/** @throws UserError if the resource has no such output. */
export function outputOf(resource: RegisteredResource, name: string): string {
  const value = resource.outputs[name];
  if (typeof value !== "string") throw new UserError(`${resource.type} "${resource.name}" has no ${name}`);
  return value;
}

/**
 * Returns schemas of inputs that are rejected where they are set: the local stack does not serve them, and with them
 * ignored it would show something else than AWS does.
 */
export function unserved<Name extends string>(...names: Name[]): Record<Name, z.ZodOptional<z.ZodUnknown>> {
  const unset = z
    .unknown()
    .refine((value) => !isSet(value), "the local stack does not serve it")
    .optional();
  return Object.fromEntries(names.map((name) => [name, unset])) as Record<Name, z.ZodOptional<z.ZodUnknown>>;
}

function isSet(value: unknown): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== "";
}
