// The entry of the purge function.
import { CloudFrontClient } from "@aws-sdk/client-cloudfront";
import { S3Client } from "@aws-sdk/client-s3";
import { CLIENT_SETTINGS } from "../shared/aws-client";
import { S3Bucket } from "./bucket";
import { CloudFrontCdn } from "./cdn";
import { createHandler } from "./handler";
import { readSettings } from "./settings";

const settings = readSettings(process.env);

export const handler = createHandler(
  settings,
  new S3Bucket(new S3Client(CLIENT_SETTINGS), settings.bucket),
  new CloudFrontCdn(new CloudFrontClient(CLIENT_SETTINGS), settings.distributionId, settings.keyInQuery),
);
