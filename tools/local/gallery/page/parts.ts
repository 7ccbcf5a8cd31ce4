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

/** How the page calls a part of the stack; one that it does not know goes by its own name. */
export function partName(part: string): string {
  return NAMES[part] ?? part;
}

/** Sorts parts as a miss passes them; parts that the page does not know come last. */
export function byFlow(one: string, other: string): number {
  const order = Object.keys(NAMES);
  const place = (part: string) => (part in NAMES ? order.indexOf(part) : order.length);
  return place(one) - place(other);
}

/** The class that gives a part its colour. */
export function partClass(part: string): string {
  return part in NAMES ? `part-${part}` : "part-other";
}
