import { paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import { UserError } from "@image-resizer/lib/user-error";
import {
  type AllowList,
  fitsWithin,
  type Format,
  isFormat,
  parseSize,
  parseSpec,
  type Size,
  type Spec,
} from "../../functions/variant-key";

const IMAGE = /\.(jpe?g|jfif|png|webp|avif|gif|tiff?|hei[cf])$/i;
/** Name in `--formats` of a variant whose key names no format. */
const ORIGINAL = "original";

interface Listing {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  /** Only originals after this key; empty for all. */
  readonly after: string;
  /** Ends the listing with an error. */
  readonly signal?: AbortSignal;
}

/**
 * Yields the keys of a bucket's originals in S3's order, which is that of their UTF-8 bytes.
 * @throws UserError if the bucket cannot be listed
 */
export async function* listOriginals({ client, bucket, prefix, after, signal }: Listing): AsyncGenerator<string> {
  const pages = paginateListObjectsV2(
    { client },
    {
      Bucket: bucket,
      // Keys may have characters that XML cannot.
      EncodingType: "url",
      ...(prefix === "" ? {} : { Prefix: prefix }),
      ...(after === "" ? {} : { StartAfter: after }),
    },
    signal === undefined ? {} : { abortSignal: signal },
  );
  try {
    for await (const { Contents = [] } of pages) {
      // S3 encodes keys as forms do: a space is a plus.
      yield* Contents.map(({ Key = "" }) => decodeURIComponent(Key.replaceAll("+", " "))).filter(isOriginal);
    }
  } catch (error) {
    // No credentials, a bucket of another account, no network: the message of the SDK tells which.
    throw new UserError(`bucket ${bucket} cannot be listed: ${(error as Error).message}`);
  }
}

/**
 * Returns whether a key is an original's: the name of an image, and not in a folder named like a size. The latter also
 * leaves out variants of sizes that the stack no longer has.
 */
export function isOriginal(key: string): boolean {
  const folder = key.split("/").at(-2);
  return IMAGE.test(key) && (folder === undefined || parseSpec(folder) === undefined);
}

/**
 * Returns the specs to create of every original: each size in each format.
 * @param sizes Undefined for all on the allow-list.
 * @param formats Undefined for the original's and all on the allow-list.
 * @throws UserError for a size or a format that the stack does not have
 */
export function chooseSpecs(
  allowList: AllowList,
  sizes: readonly string[] | undefined,
  formats: readonly string[] | undefined,
): readonly Spec[] {
  const chosen = (formats ?? [ORIGINAL, ...allowList.formats]).map((name) => readFormat(allowList, name));
  return chooseSizes(allowList, sizes).flatMap((size) =>
    chosen.map((format) => (format === undefined ? { size } : { size, format })),
  );
}

function chooseSizes({ sizes: listed, maxDimension }: AllowList, names: readonly string[] | undefined): Size[] {
  const isAny = listed === "any";
  if (isAny && names === undefined) {
    throw new UserError("--sizes is missing: the stack allows every size, so name the sizes to create");
  }
  return (names ?? (isAny ? [] : listed)).map((name) => {
    const size = parseSize(name);
    if (size && (isAny ? fitsWithin(size, maxDimension) : listed.includes(name))) return size;
    const any = `sizes such as 360x270, 640w and 480h, up to ${maxDimension} pixels a side`;
    throw new UserError(`--sizes has "${name}": the stack allows ${isAny ? any : listed.join(", ")}`);
  });
}

/** Returns undefined for the original's own format. */
function readFormat({ formats }: AllowList, name: string): Format | undefined {
  if (name === ORIGINAL) return undefined;
  if (isFormat(name) && formats.includes(name)) return name;
  throw new UserError(`--formats has "${name}": the stack allows ${[ORIGINAL, ...formats].join(", ")}`);
}
