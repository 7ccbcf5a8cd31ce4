import { AbortMultipartUploadCommand, type S3Client } from "@aws-sdk/client-s3";

/**
 * The client with every call ended by `signal`, for `Upload`: it takes no signal for the calls that it makes, so that
 * after `abort()` a write would go on behind the answer. Giving up the parts of an upload is what is left to be done then.
 */
export function abortableClient(client: S3Client, signal: AbortSignal): S3Client {
  const abortable = Object.create(client) as S3Client;
  const send = (command: Parameters<S3Client["send"]>[0]) =>
    client.send(command, command instanceof AbortMultipartUploadCommand ? {} : { abortSignal: signal });
  return Object.assign(abortable, { send });
}
