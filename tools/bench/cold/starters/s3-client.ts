// What the resizer takes of the S3 client, to be bundled and loaded by itself.
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

export const loaded = [GetObjectCommand, new S3Client({}), Upload];
