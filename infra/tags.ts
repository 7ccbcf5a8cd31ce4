import * as pulumi from "@pulumi/pulumi";

/**
 * Tags every resource that is registered from here on, and returns the tags. A resource takes tags if its class declares the argument: the
 * provider's classes name every argument in their properties, given or not. Tags that a resource does not want changed,
 * such as those of an adopted bucket, stay as they are.
 *
 * In the program rather than by the provider's default tags, which would be no inputs: policies could not see them.
 */
export function tagResources<T extends Readonly<Record<string, string>>>(tags: T): T {
  pulumi.runtime.registerStackTransformation(({ props, opts }) => {
    const { ignoreChanges = [] } = opts as pulumi.CustomResourceOptions;
    if (!("tags" in props) || ignoreChanges.includes("tags")) return undefined;
    return { props: { ...props, tags: { ...tags } }, opts };
  });
  return tags;
}
