import { paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import { parseSpec } from "../../functions/variant-key";
import { UserError } from "@image-resizer/lib/user-error";

const PICTURE = /\.(jpe?g|png|webp|avif)$/i;

export interface Listing {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  /** Only originals after this key; empty for all. */
  readonly after: string;
  /** Ends the listing with an error. */
  readonly signal?: AbortSignal;
}

/**
 * The keys of a bucket's originals in S3's order, that of their UTF-8 bytes, a page of 1,000 objects at a time.
 * @throws UserError where the bucket cannot be listed
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
      yield* Contents.map(({ Key = "" }) => decode(Key)).filter(isOriginal);
    }
  } catch (error) {
    // No credentials, another's bucket, no network: the SDK says which.
    throw new UserError(`the bucket ${bucket} cannot be listed: ${(error as Error).message}`);
  }
}

/** How many originals there are. */
export async function countOriginals(listing: Listing): Promise<number> {
  let count = 0;
  const originals = listOriginals(listing);
  while (!(await originals.next()).done) count += 1;
  return count;
}

/**
 * Whether an object is an original by its key: a picture's name, and in no folder that is called like a size. That keeps
 * out the variants of sizes that the stack has made once and makes no more.
 */
export function isOriginal(key: string): boolean {
  const folder = key.split("/").at(-2);
  return PICTURE.test(key) && (folder === undefined || parseSpec(folder) === undefined);
}

/** S3 encodes keys as forms do: a space is a plus. */
function decode(key: string): string {
  return decodeURIComponent(key.replaceAll("+", " "));
}
