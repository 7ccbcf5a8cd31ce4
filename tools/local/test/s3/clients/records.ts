// Requests of S3 clients, as they were recorded: small files that are replayed where the clients are not installed.
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Answer } from "../../support/http";
import { BUCKET, type TestStorage } from "../storage-helper";
import type { Client } from "./commands";

/** A body: its text, or one letter that is repeated. */
export type RecordedBody = string | { readonly letter: string; readonly bytes: number };

/** A request without its signature. The id of an upload is `{uploadId}`. */
export interface RecordedRequest {
  readonly method: string;
  readonly target: string;
  /** Signature: of version 4 in a header or in the query, or none that is served. */
  readonly signed: "header" | "query" | "no";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RecordedBody;
  readonly answer: EssentialAnswer;
}

export interface RecordedCommand {
  readonly command: string;
  readonly requests: readonly RecordedRequest[];
  /** Sizes of the objects of the bucket at the end. */
  readonly objects: Awaited<ReturnType<typeof sizes>>;
}

export interface ClientRecord {
  readonly client: string;
  readonly version: string;
  readonly commands: readonly RecordedCommand[];
}

/** The part of an answer that is the same each time. */
export interface EssentialAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** `Key=top.jpg` for each element with text of a document. */
  readonly elements?: readonly string[];
  readonly text?: string;
}

const HEADERS = /^(content-range|content-type|etag|cache-control|x-amz-meta-.*)$/;
const VARIABLE = ["LastModified", "CreationDate", "RequestId", "HostId", "UploadId", "Location"];
const MAX_TEXT_BYTES = 200;

/** Returns the file of a client's record. */
export function recordFile({ name }: Client): string {
  return path.join(__dirname, "recorded", `${name}.json`);
}

export function readRecord(client: Client): ClientRecord {
  return JSON.parse(readFileSync(recordFile(client), "utf8")) as ClientRecord;
}

/** Returns a command as people write it. */
export function written({ program }: Client, args: readonly string[]): string {
  return [program, ...args.map((arg) => (/[ ;]/.test(arg) ? `'${arg}'` : arg))].join(" ");
}

export function essential({ status, headers, body }: Answer): EssentialAnswer {
  const kept = Object.entries(headers).filter(([name]) => HEADERS.test(name));
  const answer = { status, headers: Object.fromEntries(kept) as Record<string, string> };
  if (headers["content-type"] === "application/xml" && body.length > 0) {
    const found = [...body.toString().matchAll(/<(\w+)>([^<]+)<\/\1>/g)].map(([, name = "", text = ""]) => [
      name,
      text,
    ]);
    const elements = found.filter(([name = ""]) => !VARIABLE.includes(name)).map((pair) => pair.join("="));
    return { ...answer, elements };
  }
  return { ...answer, ...(body.length === 0 || body.length > MAX_TEXT_BYTES ? {} : { text: body.toString() }) };
}

/** Returns the size of each object of the bucket. */
export async function sizes({ storage }: TestStorage): Promise<Record<string, number | undefined>> {
  const store = storage.objects(BUCKET);
  const keys = [...store.keys()].sort();
  return Object.fromEntries(await Promise.all(keys.map(async (key) => [key, (await store.get(key))?.size] as const)));
}
