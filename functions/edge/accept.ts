import { contentType, type Format } from "../variant-key";

/** A media range of an `Accept` header, in lower case, and its weight from 0 (refused) to 1. */
interface MediaRange {
  readonly range: string;
  readonly weight: number;
}

/** Longest header that is read, in characters: several times that of any browser. CloudFront sends on 8 KB and more. */
export const MAX_ACCEPT_LENGTH = 1024;
/** A quoted text, or what one that does not end leaves of the header: always a match, so that none is looked for twice. */
const QUOTED = /"(?:[^"\\]|\\.?)*(?:"|$)/g;
const WEIGHT = /^(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)$/;

/**
 * Returns the format for a client in place of `own`, the format that the original's name promises (undefined where it
 * promises none); undefined to leave it as it is.
 *
 * Only a format that the header names, because a client that sends `image/*` or `*` may know none of the newer ones. Of
 * those, the one with the greatest weight, which is not less than that of the original's; of several,
 * the first of `formats` (RFC 9110, 12.5.1). A header that is too long to be a browser's says nothing.
 */
export function negotiate(
  accept: string | undefined,
  formats: readonly Format[],
  own: Format | undefined,
): Format | undefined {
  if (accept === undefined || accept.length > MAX_ACCEPT_LENGTH) return undefined;
  const ranges = readRanges(accept);
  let least = weightOf(ranges, own === undefined ? [] : [contentType(own)], ["image/*", "*/*"]);
  let chosen: Format | undefined;
  formats.forEach((format) => {
    const weight = weightOf(ranges, [contentType(format)], []);
    if (weight > 0 && (chosen === undefined ? weight >= least : weight > least)) {
      chosen = format;
      least = weight;
    }
  });
  return chosen === own ? undefined : chosen;
}

/** Returns the weight of the first name, most specific first, that the header has; 0 where it has none. */
function weightOf(ranges: readonly MediaRange[], exact: readonly string[], wildcards: readonly string[]): number {
  const name = exact.concat(wildcards).find((candidate) => ranges.some((it) => it.range === candidate));
  // Named twice, the lower weight counts: a refusal stays one.
  return ranges.reduce((weight, it) => (it.range === name && it.weight < weight ? it.weight : weight), name ? 1 : 0);
}

/** Returns the media ranges, without those with parameters: they are narrower than any format here. */
function readRanges(accept: string): MediaRange[] {
  return accept
    .replace(QUOTED, '""')
    .toLowerCase()
    .split(",")
    .map((element) => element.split(";").map((part) => part.trim()))
    .filter((parts) => parts.length === 1 || parts[1]?.startsWith("q="))
    .map((parts) => ({ range: String(parts[0]), weight: readWeight(parts[1]) }));
}

/** Returns 1 for no weight, and 0 for a malformed one: a client gets nothing that it may not have asked for. */
function readWeight(parameter: string | undefined): number {
  if (parameter === undefined) return 1;
  const text = parameter.slice("q=".length);
  return WEIGHT.test(text) ? Number(text) : 0;
}
