import { type Format, formatSpec } from "../../functions/variant-key";
import type { Answer } from "./answers";
import { type Check, describeEnd, end, seen, way } from "./check";
import { errorChecks } from "./error-checks";
import { nameChecks, replacementCheck, type Replacing } from "./name-checks";
import { PHOTO } from "./originals";
import { describe, imageOf, type Probe } from "./probe";

/** CloudFront has several caches at a place, and fills each of them at a miss of its own. */
const MAX_TRIES_OF_A_HIT = 8;
/** Returns all checks of a stack, in the order in which they are made: a miss before its hits. */
export function checksOf(probe: Probe, replacing: Replacing): Check[] {
  return [
    ...variantChecks(probe),
    ...requestChecks(probe),
    ...formatChecks(probe),
    ...nameChecks(probe),
    ...errorChecks(probe),
    ...accessChecks(probe),
    ...(probe.target.purgeOnChange ? [replacementCheck(probe, replacing)] : []),
  ];
}

/** Returns what this command cannot see of a stack. */
export function untold({ target }: Probe): string[] {
  return [
    "what else the roles may do: the policy pack reads it (npm run policy), and so does IAM's policy simulator",
    "413 of an original that is too large, 503 of a stack that is too busy, and the throttle",
    ...(target.purgeOnChange ? [] : ["a replaced original: bucket.purgeOnChange is off"]),
    ...(target.cdnUrl.startsWith("https:") ? [] : ["the redirect of plain HTTP to HTTPS: this stack has no HTTPS"]),
    ...(target.allowList.sizes === "any" ? ["an unlisted size: the stack allows every size"] : []),
  ];
}

function variantChecks(probe: Probe): Check[] {
  const url = probe.variantUrl(PHOTO);
  const made = "200 image/jpeg";
  return [
    {
      fact: "a miss",
      expected: probe.redirects ? `307 to the API, 301 to the CDN (no-store), ${made}` : made,
      see: () => way(probe, url),
    },
    {
      fact: "a hit",
      expected: `${made}, Hit from cloudfront`,
      see: async () => {
        const answer = await untilHit(probe, url);
        return seen([answer], `${await describe(answer)}, ${answer.headers.get("x-cache") ?? "no x-cache"}`);
      },
    },
    {
      fact: "the variant is upright, without metadata",
      expected: `${probe.dimensions ?? "cropped"}, no metadata`,
      see: async () => {
        const answer = await probe.ask(url);
        const { dimensions, metadata } = await imageOf(answer.body);
        return seen([answer], `${probe.dimensions === undefined ? "cropped" : dimensions}, ${metadata}`);
      },
    },
    {
      fact: "browsers do not guess its type",
      expected: "nosniff",
      see: async () => {
        const answer = await probe.ask(url);
        return seen([answer], answer.headers.get("x-content-type-options") ?? "nothing");
      },
    },
    {
      fact: "caches keep a variant",
      expected: "max-age",
      see: async () => {
        const answer = await probe.ask(url);
        const caching = answer.headers.get("cache-control") ?? "no Cache-Control";
        return seen([answer], /(^|[ ,])(s-maxage|max-age)=[1-9]/.test(caching) ? "max-age" : caching);
      },
    },
    ...(probe.redirects
      ? [
          {
            fact: "a variant that exists, asked of the API",
            expected: `301 to the CDN (no-store), ${made}`,
            see: () => way(probe, probe.apiUrl(PHOTO)),
          },
        ]
      : []),
  ];
}

function requestChecks(probe: Probe): Check[] {
  const url = probe.variantUrl(PHOTO);
  const conditional = (fact: string, header: (etag: string) => string, expected: string): Check => ({
    fact,
    expected,
    see: async () => {
      const etag = (await probe.ask(url)).headers.get("etag") ?? "none";
      const answer = await probe.ask(url, { headers: { "if-none-match": header(etag) } });
      return seen([answer], await describe(answer));
    },
  });
  const ranged = (range: string, expected: string): Check => ({
    fact: `a request of ${range}`,
    expected,
    see: async () => {
      const answer = await probe.ask(url, { headers: { range } });
      // With 416 CloudFront's guide promises no Content-Range.
      const part = answer.status === 206 ? `, ${answer.headers.get("content-range")?.replace(/\d+$/, "n") ?? ""}` : "";
      return seen([answer], `${answer.status}${part}`);
    },
  });
  return [
    {
      fact: "HEAD",
      expected: "200 image/jpeg, the length of GET, no body",
      see: async () => {
        const [head, get] = [await probe.ask(url, { method: "HEAD" }), await probe.ask(url)];
        const length = head.headers.get("content-length");
        const isSame = length === String(get.body.length) ? "the length of GET" : `length ${length ?? "unknown"}`;
        const type = head.headers.get("content-type") ?? "no type";
        return seen([head], `${head.status} ${type}, ${isSame}, ${head.body.length === 0 ? "no body" : "a body"}`);
      },
    },
    conditional("a request with the ETag that it has", (etag) => etag, "304"),
    conditional("a request with another ETag", () => '"0"', "200 image/jpeg"),
    ranged("bytes=0-9", "206, bytes 0-9/n"),
    ranged("bytes=9999999-", "416"),
    {
      fact: "POST",
      expected: "403",
      see: async () => {
        const answer = await probe.ask(url, { method: "POST" });
        return seen([answer], String(answer.status));
      },
    },
    ...(url.startsWith("https:")
      ? [
          {
            fact: "plain HTTP",
            expected: "301 to the CDN",
            see: async () => {
              const answer = await probe.ask(url.replace("https:", "http:"));
              return seen([answer], probe.describeRedirect(answer));
            },
          },
        ]
      : []),
  ];
}

function formatChecks(probe: Probe): Check[] {
  const { formats } = probe.target.allowList;
  const named = formats.map((format) => ({
    fact: `a key that names ${format}`,
    expected: `200 image/${format}`,
    see: () => end(probe, probe.variantUrl(PHOTO, formatSpec({ ...probe.spec, format }))),
  }));
  const accepted = formats.filter(isNegotiated).map((format) => ({
    fact: `Accept: image/${format}`,
    expected: `200 image/${format}, Vary: Accept`,
    see: async () => {
      const accept = `image/${format},image/*;q=0.8`;
      const answers = await probe.follow(probe.variantUrl(PHOTO), { headers: { accept } });
      const vary = answers.at(-1)?.headers.get("vary") ?? "nothing";
      return seen(answers, `${await describeEnd(answers)}, Vary: ${vary}`);
    },
  }));
  return [...named, ...accepted];
}

/** Clients get AVIF and WebP without naming them; JPEG and PNG every client has. */
function isNegotiated(format: Format): boolean {
  return format === "avif" || format === "webp";
}

function accessChecks(probe: Probe): Check[] {
  const { redirects } = probe;
  const status = (fact: string, expected: string, send: () => Promise<Answer>): Check => ({
    fact,
    expected,
    see: async () => {
      const answer = await send();
      return seen([answer], String(answer.status));
    },
  });
  return [
    ...(redirects
      ? []
      : [
          {
            fact: "the API, asked past the CDN",
            expected: "403 not-from-cdn",
            see: () => end(probe, probe.apiUrl(PHOTO)),
          },
        ]),
    status("an unsigned read of the bucket", redirects ? "200" : "403", () =>
      probe.ask(probe.bucketUrl(probe.prefix + PHOTO)),
    ),
    status("an unsigned list of the bucket", "403", () => probe.ask(`${probe.bucketUrl("")}?list-type=2`)),
    status("an unsigned write to the bucket", "403", () =>
      probe.ask(probe.bucketUrl(`${probe.prefix}unsigned.jpg`), { method: "PUT", body: "x" }),
    ),
  ];
}

async function untilHit(probe: Probe, url: string): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    const answer = await probe.ask(url);
    if (answer.headers.get("x-cache")?.startsWith("Hit") || tries === MAX_TRIES_OF_A_HIT) return answer;
  }
}
