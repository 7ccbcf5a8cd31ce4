// The entry of the Lambda function. What it does before the first request is paid once per process.
import { createHandler } from "./handler";
import { createS3Client } from "./s3-client";
import { readSettings } from "./settings";
import { S3Store } from "./store";

const settings = readSettings(process.env);

export const handler = createHandler(settings, new S3Store(createS3Client(), settings));
