import type { Part } from "../contract";

/** `0.4 ms`, `84 ms`, `1.2 s` */
export function milliseconds(ms: number): string {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${ms.toFixed(0)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** `14:03:59`, where the user is */
export function timeOfDay(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 8);
}

/** `64 %`; never 0 or 100 for what is not. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  if (rounded === 100 && share < 1) return "> 99 %";
  return rounded === 0 && share > 0 ? "< 1 %" : `${rounded} %`;
}

/** The weight of a variant against its original: `97 % smaller`, `12 % larger`. */
export function saving(variant: number, original: number): string {
  if (original === 0 || variant === original) return "same size";
  const share = variant / original;
  return share < 1 ? `${percent(1 - share)} smaller` : `${percent(share - 1)} larger`;
}

/** The last part of a key. */
export function fileOf(key: string): string {
  return key.slice(key.lastIndexOf("/") + 1);
}

/** A request line with its path decoded. */
export function readable(what: string): string {
  try {
    return decodeURIComponent(what);
  } catch {
    return what;
  }
}

/** The parts of the stack in the order in which a miss passes them, with their colours. */
const PARTS: Readonly<Record<Part, { readonly name: string; readonly colour: string }>> = {
  edge: { name: "Edge", colour: "light-dark(#b13a88, #f08acb)" },
  cdn: { name: "CDN", colour: "light-dark(#7440b8, #b98af0)" },
  website: { name: "S3 website", colour: "light-dark(#2563b8, #74a9f5)" },
  api: { name: "HTTP API", colour: "light-dark(#a34a08, #f59a52)" },
  function: { name: "Function", colour: "light-dark(#0f7a55, #45cf9a)" },
  s3: { name: "S3", colour: "light-dark(#3f6f1c, #a3d472)" },
  events: { name: "EventBridge", colour: "light-dark(#a34a08, #f59a52)" },
  queue: { name: "SQS", colour: "light-dark(#a34a08, #f59a52)" },
  cloudfront: { name: "CloudFront API", colour: "light-dark(#7440b8, #b98af0)" },
  iam: { name: "IAM", colour: "light-dark(#a02c43, #f2849a)" },
};
const ORDER = Object.keys(PARTS);

export function partName(part: Part): string {
  return PARTS[part].name;
}

export function partColour(part: Part): string {
  return PARTS[part].colour;
}

/** Sorts parts as a miss passes them. */
export function byFlow(one: Part, other: Part): number {
  return ORDER.indexOf(one) - ORDER.indexOf(other);
}
