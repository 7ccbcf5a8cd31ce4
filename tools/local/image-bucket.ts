import { z } from "zod";
import { websiteHost } from "../../infra/names";
import { inputsOf, ofType, outputOf, single } from "./declared";
import { type RegisteredResource, UserError } from "@image-resizer/lib/program";

const OriginsInput = z.looseObject({ origins: z.array(z.looseObject({ domainName: z.string() })) });

/**
 * The bucket of originals and variants: of those that the program declares, the one that the distribution reads, by its
 * website or by itself. Others hold records of a trail, say.
 * @throws UserError if it reads none or more than one.
 */
export function imageBucket(resources: readonly RegisteredResource[], region: string): RegisteredResource {
  const distribution = single(resources, "aws:cloudfront/distribution:Distribution");
  const hosts = inputsOf(distribution, OriginsInput).origins.map(({ domainName }) => domainName);
  const read = ofType(resources, "aws:s3/bucket:Bucket").filter((bucket) =>
    [websiteHost(outputOf(bucket, "bucket"), region), outputOf(bucket, "bucketRegionalDomainName")].some((host) =>
      hosts.includes(host),
    ),
  );
  const [bucket] = read;
  if (!bucket || read.length > 1) {
    throw new UserError(
      `the local stack serves one bucket, and the distribution "${distribution.name}" reads ${read.length} of the program's`,
    );
  }
  return bucket;
}
