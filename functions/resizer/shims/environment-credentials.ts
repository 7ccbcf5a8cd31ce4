import type { S3ClientConfig } from "@aws-sdk/client-s3";

type CredentialProvider = Extract<S3ClientConfig["credentials"], (...args: never[]) => unknown>;

/**
 * The keys of the function's role, which Lambda puts into the environment of each process for as long as it lives (Lambda
 * developer guide, "Using Lambda environment variables"). In the bundle it stands in for the SDK's chain of providers,
 * whose other links (files, SSO, metadata services, STS) would be loaded and never used.
 */
export function defaultProvider(): CredentialProvider {
  return () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN } = process.env;
    if (!AWS_ACCESS_KEY_ID || !AWS_SECRET_ACCESS_KEY) {
      return Promise.reject(new Error("AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set: Lambda sets them."));
    }
    return Promise.resolve({
      accessKeyId: AWS_ACCESS_KEY_ID,
      secretAccessKey: AWS_SECRET_ACCESS_KEY,
      ...(AWS_SESSION_TOKEN ? { sessionToken: AWS_SESSION_TOKEN } : {}),
    });
  };
}
