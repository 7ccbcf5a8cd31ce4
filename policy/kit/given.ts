import type { PolicyResource } from "@pulumi/policy";
import { propertyOf, type Json } from "./json";
import { attempt } from "./unknown";

/**
 * A property of a resource of the stack as the program gives it. A preview shows what the provider computes, too, as
 * unknown: that is undefined here. An unknown that the program gives comes from another resource, on which the property
 * depends: reading it tells the engine.
 */
export function givenOf({ props, propertyDependencies }: PolicyResource, property: string): Json {
  const read = attempt(() => propertyOf(props, property));
  if (read.known) return read.value;
  const isComputed = (propertyDependencies[property] ?? []).length === 0;
  return isComputed ? undefined : propertyOf(props, property);
}
