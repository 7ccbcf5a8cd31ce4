// The entry of the purge function.
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { S3Client } from "@aws-sdk/client-s3";
import { S3Bucket } from "./bucket";
import { CloudFrontCdn } from "./cdn";
import { createHandler } from "./handler";
import { readSettings } from "./settings";

const settings = readSettings(process.env);

export const handler = createHandler(
  settings,
  new S3Bucket(new S3Client({}), settings.bucket),
  new CloudFrontCdn(new CloudFrontClient({}), settings.distributionId, settings.keyInQuery),
);
