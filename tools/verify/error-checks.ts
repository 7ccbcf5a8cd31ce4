import { FORMATS } from "../../functions/variant-key";
import { type Check, describeEnd, end, seen } from "./check";
import { DAMAGED, PHOTO, SVG } from "./originals";
import type { Probe } from "./probe";

/** Caching of errors that an upload, or the next deployment, may end. */
const ERROR_CACHE_CONTROL = "public, max-age=60";

/** Returns the checks of the errors that the README lists, one of each kind. */
export function errorChecks(probe: Probe): Check[] {
  const { sizes, formats } = probe.target.allowList;
  const size = probe.spec.size.text;
  const unlistedFormat = FORMATS.find((format) => !formats.includes(format));
  const unlistedSize = sizes === "any" ? undefined : unlistedWidth(sizes);
  return [
    ...(unlistedSize === undefined
      ? []
      : [keptError(probe, "an unlisted size", "404 size-not-allowed", PHOTO, unlistedSize)]),
    ...(unlistedFormat === undefined
      ? []
      : [keptError(probe, "an unlisted format", "404 format-not-allowed", PHOTO, `${size}.${unlistedFormat}`)]),
    malformed(probe, "a variant of a variant", `${size}/${size}`),
    malformed(probe, "an empty segment", `/${size}`),
    keptError(probe, "a missing original", "404 original-not-found", "missing.jpg"),
    keptError(probe, "an original that is no image", "415 not-an-image", SVG),
    keptError(probe, "a damaged original", "422 undecodable-image", DAMAGED),
  ];
}

/** The edge's response is kept a minute, and the API's not at all. */
function malformed(probe: Probe, fact: string, spec: string): Check {
  return { fact, expected: "400 malformed-key", see: () => end(probe, probe.variantUrl(PHOTO, spec)) };
}

function keptError(probe: Probe, fact: string, expected: string, name: string, spec?: string): Check {
  return {
    fact,
    expected: `${expected} (${ERROR_CACHE_CONTROL})`,
    see: async () => {
      const answers = await probe.follow(probe.variantUrl(name, spec));
      const caching = answers.at(-1)?.headers.get("cache-control") ?? "no Cache-Control";
      return seen(answers, `${await describeEnd(answers)} (${caching})`);
    },
  };
}

/** Returns a width that a stack does not list. */
function unlistedWidth(sizes: readonly string[]): string {
  const widths = Array.from({ length: sizes.length + 1 }, (_, index) => `${index + 1}w`);
  return widths.find((width) => !sizes.includes(width)) ?? "";
}
