import type { PolicyResource } from "@pulumi/policy";
import { attempt } from "./unknown";
import { propertyOf, type Json } from "./values";

/** Properties that other resources use to name a resource. */
const IDENTIFIERS = ["id", "arn", "name", "bucket"];

/**
 * Returns a property of a resource as the program sets it. A preview also shows what the provider computes, as unknown:
 * that is undefined here. An unknown that the program sets comes from another resource, on which the property depends:
 * reading it throws, as the engine expects.
 */
export function inputOf({ props, propertyDependencies }: PolicyResource, property: string): Json {
  const read = attempt(() => propertyOf(props, property));
  if (read.known) return read.value;
  const isComputed = (propertyDependencies[property] ?? []).length === 0;
  return isComputed ? undefined : propertyOf(props, property);
}

/**
 * Returns the resources, among `to`, that a property of a resource names: by its value (an id, ARN, name or bucket), or,
 * while a preview does not know the value, by the dependencies that the engine reports for the property.
 * @param read reads the value; a part of the property where the property is an object or a list
 */
export function linked(
  from: PolicyResource,
  property: string,
  to: readonly PolicyResource[],
  read: () => Json = () => propertyOf(from.props, property),
): readonly PolicyResource[] {
  const value = attempt(read);
  const named = value.known && typeof value.value === "string" ? namesOf(to).get(value.value) : undefined;
  if (named !== undefined) return named;
  const dependencies = (from.propertyDependencies[property] ?? []).map(({ urn }) => urn);
  const depended = dependencies.length === 0 ? [] : to.filter(({ urn }) => dependencies.includes(urn));
  // A preview may know a name that a resource gets, and not yet show it as the resource's.
  return value.known ? depended.filter((resource) => !hasKnownName(resource)) : depended;
}

function hasKnownName(resource: PolicyResource): boolean {
  const values = IDENTIFIERS.map((identifier) => attempt(() => propertyOf(resource.props, identifier)));
  return values.every(({ known }) => known) || values.some((read) => read.known && typeof read.value === "string");
}

/** Resources by their identifiers, of each list that `linked` was asked for: many resources name one of the same list. */
const NAMES = new WeakMap<readonly PolicyResource[], ReadonlyMap<string, readonly PolicyResource[]>>();

function namesOf(resources: readonly PolicyResource[]): ReadonlyMap<string, readonly PolicyResource[]> {
  const known = NAMES.get(resources);
  if (known !== undefined) return known;
  const names = new Map<string, PolicyResource[]>();
  for (const resource of resources) {
    const values = IDENTIFIERS.map((identifier) => attempt(() => propertyOf(resource.props, identifier)));
    for (const value of new Set(values.map((read) => (read.known ? read.value : undefined)))) {
      if (typeof value !== "string" || value === "") continue;
      names.set(value, [...(names.get(value) ?? []), resource]);
    }
  }
  NAMES.set(resources, names);
  return names;
}
