/** The parts of the stack in the order in which a miss passes them, with their colours. */
const PARTS: Readonly<Record<string, readonly [name: string, colour: string]>> = {
  edge: ["Edge", "light-dark(#b13a88, #f08acb)"],
  cdn: ["CDN", "light-dark(#7440b8, #b98af0)"],
  website: ["S3 website", "light-dark(#2563b8, #74a9f5)"],
  api: ["HTTP API", "light-dark(#a34a08, #f59a52)"],
  function: ["Function", "light-dark(#0f7a55, #45cf9a)"],
  s3: ["S3", "light-dark(#3f6f1c, #a3d472)"],
  events: ["EventBridge", "light-dark(#a34a08, #f59a52)"],
  queue: ["SQS", "light-dark(#a34a08, #f59a52)"],
  cloudfront: ["CloudFront API", "light-dark(#7440b8, #b98af0)"],
  iam: ["IAM", "light-dark(#a02c43, #f2849a)"],
};

/** Returns the display name of a part; an unknown one keeps its own. */
export function partName(part: string): string {
  return PARTS[part]?.[0] ?? part;
}

export function partColour(part: string): string {
  return PARTS[part]?.[1] ?? "var(--quiet)";
}

/** Sorts parts as a miss passes them, unknown ones last. */
export function byFlow(one: string, other: string): number {
  const order = Object.keys(PARTS);
  const place = (part: string) => (part in PARTS ? order.indexOf(part) : order.length);
  return place(one) - place(other);
}
