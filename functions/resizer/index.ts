// The entry of the Lambda function. What it does before the first request is paid once per process.
import { S3Client } from "@aws-sdk/client-s3";
import { createHandler } from "./handler";
import { readSettings } from "./settings";
import { S3Store } from "./store";

const settings = readSettings(process.env);
const client = new S3Client({});

export const handler = createHandler(settings, new S3Store(client, settings));
