import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import type { LocalStack } from "../../stack";
import { type Answer, type Ask, ask } from "./http";

/** A URL's path for a key: every character that is not plain is escaped. */
export function pathOf(key: string): string {
  return `/${key.split("/").map(encodeURIComponent).join("/")}`;
}

/** Every answer on the way from a URL, redirects of this machine followed. */
export async function follow(url: string, more: Ask = {}, most = 10): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let next: string | undefined = url; next?.startsWith("http://localhost:") && answers.length < most;) {
    const answer: Answer = await ask(next, more);
    answers.push(answer);
    const { location } = answer.headers;
    next = location?.startsWith("/") ? new URL(next).origin + location : location;
  }
  return answers;
}

export function statuses(answers: readonly Pick<Answer, "status">[]): number[] {
  return answers.map(({ status }) => status);
}

/** An administrator's view of the bucket. */
export function administrator({ endpoints, bucket, accessKey }: LocalStack) {
  const client = new S3Client({ endpoint: endpoints.s3, region: "us-east-1", credentials: accessKey });
  return {
    get: async (key: string) => {
      const { Body, ...rest } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
      return { ...rest, bytes: Buffer.from((await Body?.transformToByteArray()) ?? []) };
    },
    has: async (key: string) => {
      try {
        await client.send(new HeadObjectCommand({ Bucket: bucket, Key: key }));
        return true;
      } catch (error) {
        if ((error as Error).name === "NotFound") return false;
        throw error;
      }
    },
    keys: async (prefix: string) => {
      const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
      return Contents.map(({ Key }) => Key ?? "");
    },
  };
}
