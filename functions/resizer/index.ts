// The entry of the Lambda function. Work before the first request is paid for once per process.
import { S3Client } from "@aws-sdk/client-s3";
import { CLIENT_SETTINGS } from "../shared/aws-client";
import { createHandler } from "./handler";
import { readSettings } from "./settings";
import { S3Store } from "./store";

const settings = readSettings(process.env);

export const handler = createHandler(settings, new S3Store(new S3Client(CLIENT_SETTINGS), settings));
