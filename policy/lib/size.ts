/** A size, maybe with a format, as a segment of a variant key: `360x270`, `640w`, `480h`, `640w.webp`. */
export interface Spec {
  readonly width: number | undefined;
  readonly height: number | undefined;
}

const SPEC = /^(?:([1-9][0-9]*)x([1-9][0-9]*)|([1-9][0-9]*)w|([1-9][0-9]*)h)(?:\.(?:jpeg|png|webp|avif))?$/;

/** Reads a size segment: W"x"H, W"w" or H"h" in whole pixels, maybe with a format. Undefined for anything else. */
export function readSpec(segment: string): Spec | undefined {
  const match = SPEC.exec(segment);
  if (match === null) return undefined;
  const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
  return { width: number(match[1] ?? match[3]), height: number(match[2] ?? match[4]) };
}
