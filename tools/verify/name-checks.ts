import { setTimeout as sleep } from "node:timers/promises";
import { type Check, end, seen } from "./check";
import { AWKWARD, colourOf, SPELT } from "./originals";
import type { Probe } from "./probe";

/** An event, a queue, a function and an invalidation take seconds; a resize under way is seen to after the last of them. */
const PURGE_TIMEOUT_MS = 120_000;
const POLL_MS = 1000;

export interface Replacing {
  /** Uploads another image under the name of an original. */
  readonly replace: (name: string) => Promise<void>;
  /** Ends the wait for the new image. */
  readonly signal: AbortSignal;
}

/** Returns the checks of names that are written otherwise in a URL. */
export function nameChecks(probe: Probe): Check[] {
  const image = "200 image/jpeg";
  const encoded = AWKWARD.map(([about, name]) => ({
    fact: `a name with ${about}`,
    expected: image,
    see: () => end(probe, probe.variantUrl(name)),
  }));
  const spelt = spellings(probe).map(([about, url]) => ({
    fact: `${SPELT}, ${about}`,
    expected: image,
    see: () => end(probe, url),
  }));
  return [...encoded, ...spelt];
}

/** Returns the URLs of one name as clients write it: all escaped, and as browsers do, which leave a plus alone. */
function spellings(probe: Probe): [about: string, url: string][] {
  const url = probe.variantUrl(SPELT);
  return [
    ["its plus as it is", url.replace("%2B", "+")],
    ["its plus escaped", url],
  ];
}

/** Returns the check that an original that is replaced takes its variants with it, also out of the CDN. */
export function replacementCheck(probe: Probe, { replace, signal }: Replacing): Check {
  return {
    fact: `${SPELT} replaced, by every spelling`,
    expected: "the new image",
    see: async () => {
      await replace(SPELT);
      const deadline = performance.now() + PURGE_TIMEOUT_MS;
      for (;;) {
        const answers = await Promise.all(spellings(probe).map(([, url]) => probe.follow(url)));
        const colours = await Promise.all(answers.map((hops) => colourOf(hops.at(-1)?.body ?? Buffer.of())));
        const all = answers.flat();
        if (colours.every((colour) => colour === "blue")) return seen(all, "the new image");
        if (performance.now() > deadline)
          return seen(all, `${colours.join(" and ")} after ${PURGE_TIMEOUT_MS / 1000} s`);
        await sleep(POLL_MS, undefined, { signal });
      }
    },
  };
}
