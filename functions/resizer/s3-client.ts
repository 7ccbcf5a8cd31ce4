import { S3Client } from "@aws-sdk/client-s3";
import { CLIENT_SETTINGS } from "../shared/aws-client";

/** The function's S3 client. */
export function createS3Client(): S3Client {
  return new S3Client(CLIENT_SETTINGS);
}
