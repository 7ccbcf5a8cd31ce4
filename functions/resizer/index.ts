// The entry of the Lambda function. Work before the first request is paid for once per process.
import { S3Client } from "@aws-sdk/client-s3";
import { CLIENT_SETTINGS } from "../shared/aws-client";
import { rehearse } from "./first-use";
import { createHandler } from "./handler";
import { readSettings } from "./settings";
import { S3Store } from "./store";

const settings = readSettings(process.env);
const client = new S3Client(CLIENT_SETTINGS);
const store = new S3Store(client, settings);

export const handler = createHandler(settings, store);

// Lambda loads the function on a whole processor, and gives a request the share that comes with its memory. An error will be the
// first request's as well, which answers it.
rehearse(client, store).catch(() => undefined);
