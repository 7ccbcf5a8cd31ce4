import type { PolicyResource } from "@pulumi/policy";
import { propertyOf, type Json } from "./json";
import { attempt } from "./unknown";

/** The properties that other resources know a resource by. */
const IDENTIFIERS = ["id", "arn", "name", "bucket"];

/**
 * The resources, among `to`, that a property of a resource points at: by its value (an id, ARN, name or bucket), or,
 * where a preview does not know the value yet, by what the engine says that the property depends on.
 * @param read reads the value; a part of the property where the property is an object or a list
 */
export function linked(
  from: PolicyResource,
  property: string,
  to: readonly PolicyResource[],
  read: () => Json = () => propertyOf(from.props, property),
): readonly PolicyResource[] {
  const value = attempt(read);
  if (value.known) return to.filter((resource) => isKnownBy(resource, value.value));
  const dependencies = (from.propertyDependencies[property] ?? []).map(({ urn }) => urn);
  return to.filter(({ urn }) => dependencies.includes(urn));
}

function isKnownBy(resource: PolicyResource, value: Json): boolean {
  return IDENTIFIERS.some((identifier) => {
    const read = attempt(() => propertyOf(resource.props, identifier));
    return read.known && typeof read.value === "string" && read.value !== "" && read.value === value;
  });
}
