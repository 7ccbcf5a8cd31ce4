// `tsx tools/local/test/s3/clients/record.ts`: records what the S3 clients of this machine send.
import { writeFileSync } from "node:fs";
import type { IncomingHttpHeaders, IncomingMessage, RequestListener } from "node:http";
import { buffer } from "node:stream/consumers";
import { ask, startServer } from "../../support/http";
import { type Client, type ClientCommand, CLIENTS } from "./commands";
import {
  essential,
  recordFile,
  type RecordedBody,
  type RecordedCommand,
  type RecordedRequest,
  sizes,
  written,
} from "./records";
import { makeFiles, runCommand, startWithObjects, versionOf } from "./run";

/** Headers that are made anew, or that say nothing of the request. */
const DROPPED =
  /^(host|authorization|connection|keep-alive|content-length|accept-encoding|user-agent|date|x-amz-date|amz-sdk-.*)$/;

async function main(): Promise<void> {
  for (const client of CLIENTS) {
    const version = versionOf(client);
    if (version === undefined) continue;
    const commands: RecordedCommand[] = [];
    for (const command of client.commands) commands.push(await record(client, command));
    writeFileSync(recordFile(client), JSON.stringify({ client: client.name, version, commands }));
  }
}

async function record(client: Client, command: ClientCommand): Promise<RecordedCommand> {
  const closers: (() => unknown)[] = [];
  const free = (close: () => unknown) => closers.push(close);
  const test = await startWithObjects(free);
  const requests: RecordedRequest[] = [];
  const proxy = await startServer(recorder(test.s3.url, requests));
  free(() => proxy.close());
  await runCommand(client, command, test, await makeFiles(free), proxy.url);
  const objects = await sizes(test);
  for (const close of closers.reverse()) await close();
  return { command: written(client, command.args), requests, objects };
}

/** Passes requests on as they are, and records them. */
function recorder(url: string, requests: RecordedRequest[]): RequestListener {
  return (message, response) => {
    void (async () => {
      const { method = "GET", url: target = "/", headers } = message;
      const body = await buffer(message);
      const answer = await ask(url + target, { method, headers: { ...headers }, ...(body.length > 0 ? { body } : {}) });
      requests.push({
        method,
        ...signatureOf(message),
        headers: recorded(headers),
        ...(body.length > 0 ? { body: recordedBody(body) } : {}),
        answer: essential(answer),
      });
      const { "transfer-encoding": _, connection: __, ...rest } = answer.headers;
      response.writeHead(answer.status, rest).end(answer.body);
    })();
  };
}

function signatureOf({ headers, url = "/" }: IncomingMessage): Pick<RecordedRequest, "target" | "signed"> {
  const target = url.replace(/(uploadId=)[\w-]+/, "$1{uploadId}").replace(/(AWSAccessKeyId=|Signature=)[^&]+/g, "$1x");
  if (headers.authorization !== undefined) return { target, signed: "header" };
  if (!target.includes("X-Amz-Signature=")) return { target, signed: "no" };
  return { target: target.replace(/X-Amz-(?!Expires)[^&]+&?/g, "").replace(/&$/, ""), signed: "query" };
}

function recorded(headers: IncomingHttpHeaders): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !DROPPED.test(name));
  // Times and owners of this machine's files.
  const fixed = (value: string) =>
    value.replace(/([acm]time:)\d+/g, "$10").replace(/((uid|gid|uname|gname):)\w+/g, "$10");
  return Object.fromEntries(kept.map(([name, value]) => [name, fixed(String(value))]));
}

function recordedBody(body: Buffer): RecordedBody {
  const text = body.toString();
  const [letter = ""] = text;
  return text.length > 1000 && text === letter.repeat(text.length) ? { letter, bytes: text.length } : text;
}

void main();
