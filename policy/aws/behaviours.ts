import { listOf, propertyOf, type Json } from "../kit/json";

/** A behaviour of a distribution. */
export interface Behaviour {
  /** The behaviour in a message: `the default behaviour`, `the behaviour of *.jpg`. */
  readonly label: string;
  /** The distribution's property that it is in. */
  readonly property: "defaultCacheBehavior" | "orderedCacheBehaviors";
  readonly value: Json;
}

/**
 * Every behaviour of a distribution: the default one and those for patterns of paths.
 * @param read reads a property of the distribution
 */
export function behavioursOf(read: (property: Behaviour["property"]) => Json): readonly Behaviour[] {
  const ordered = listOf(read("orderedCacheBehaviors"));
  return [
    {
      label: "the default behaviour",
      property: "defaultCacheBehavior",
      value: read("defaultCacheBehavior"),
    },
    ...ordered.map((value): Behaviour => {
      const pattern = propertyOf(value, "pathPattern");
      return {
        label: typeof pattern === "string" ? `the behaviour of ${pattern}` : "a behaviour",
        property: "orderedCacheBehaviors",
        value,
      };
    }),
  ];
}
