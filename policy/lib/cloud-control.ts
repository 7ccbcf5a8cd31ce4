import { parsed, propertyOf, type Json } from "./values";

/** Type of a resource and its properties. */
export interface TypedProperties {
  readonly type: string;
  readonly props: Readonly<Record<string, Json>>;
}

/** Types that hold a resource of any CloudFormation type: the properties for the type's name and for its properties. */
const HOLDERS: Readonly<Record<string, readonly [type: string, properties: string]>> = {
  "aws:cloudcontrol/resource:Resource": ["typeName", "desiredState"],
  "aws-native:index:ExtensionResource": ["type", "properties"],
};

/**
 * Returns the type and the properties of a resource that another one holds, under the native provider's name of the type
 * (`aws-native:s3:BucketPolicy` for `AWS::S3::BucketPolicy`); those of any other resource as they are.
 */
export function heldBy({ type, props }: TypedProperties): TypedProperties {
  const holder = Object.hasOwn(HOLDERS, type) ? HOLDERS[type] : undefined;
  if (holder === undefined) return { type, props };
  const [, service, kind] = String(propertyOf(props, holder[0])).split("::");
  if (service === undefined || kind === undefined) return { type, props };
  const held = parsed(propertyOf(props, holder[1]));
  const isRecord = typeof held === "object" && held !== null;
  return {
    type: `aws-native:${service.toLowerCase()}:${kind}`,
    props: isRecord ? (held as TypedProperties["props"]) : {},
  };
}
