/** The parts of the stack in the order in which a miss passes them. */
const NAMES: Readonly<Record<string, string>> = {
  edge: "Edge",
  cdn: "CDN",
  website: "S3 website",
  api: "HTTP API",
  function: "Function",
  s3: "S3",
  events: "EventBridge",
  queue: "SQS",
  cloudfront: "CloudFront API",
  iam: "IAM",
};
const ORDER = Object.keys(NAMES);

/** Returns the display name of a part; an unknown one keeps its own. */
export function partName(part: string): string {
  return NAMES[part] ?? part;
}

/** Sorts parts as a miss passes them, unknown ones last. */
export function byFlow(one: string, other: string): number {
  const place = (part: string) => (part in NAMES ? ORDER.indexOf(part) : ORDER.length);
  return place(one) - place(other);
}

/** Returns the class that colours a part. */
export function partClass(part: string): string {
  return part in NAMES ? `part-${part}` : "part-other";
}
