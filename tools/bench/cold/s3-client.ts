// The parts of the S3 client that the resizer uses, to be bundled and loaded alone.
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";

export const loaded = [GetObjectCommand, new S3Client({}), Upload];
