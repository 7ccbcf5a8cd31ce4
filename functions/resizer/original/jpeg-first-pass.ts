import { END_OF_IMAGE, isFrame, MARKER, type Segment, segmentsOf } from "./jpeg-segments";

/** Coefficients of a block (ITU-T T.81, A.3.6). */
const COEFFICIENTS = 64;

/**
 * Returns a progressive JPEG up to the scan with which every coefficient of every component has been there once; what
 * follows only refines them. Undefined if the file ends before.
 */
export function firstPassOf(bytes: Buffer): Buffer | undefined {
  const missing = new Map<number, Set<number>>();
  let complete = false;
  for (const segment of segmentsOf(bytes)) {
    // A scan ends where the next marker is.
    if (complete) return Buffer.concat([bytes.subarray(0, segment.at), END_OF_IMAGE]);
    if (isFrame(segment.marker))
      for (const component of componentsOf(segment)) missing.set(component, allCoefficients());
    if (segment.marker === MARKER.sos) complete = covers(segment, missing);
  }
  return complete ? bytes : undefined;
}

function allCoefficients(): Set<number> {
  return new Set(Array.from({ length: COEFFICIENTS }, (_, index) => index));
}

/** Returns the identifiers of a frame's components (ITU-T T.81, B.2.2). */
function componentsOf({ content }: Segment): number[] {
  return Array.from({ length: content[5] ?? 0 }, (_, index) => content[6 + 3 * index] ?? 0);
}

/** Takes a scan's coefficients from the missing ones (ITU-T T.81, B.2.3), and returns whether none is left. */
function covers({ content }: Segment, missing: ReadonlyMap<number, Set<number>>): boolean {
  const [first = 0, last = 0] = content.subarray(-3);
  for (let index = 0; index < (content[0] ?? 0); index++) {
    const coefficients = missing.get(content[1 + 2 * index] ?? 0);
    for (let each = first; each <= last; each++) coefficients?.delete(each);
  }
  return [...missing.values()].every(({ size }) => size === 0);
}
