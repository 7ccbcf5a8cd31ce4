import assert from "node:assert/strict";
import { Hash } from "@smithy/core/serde";
import { SignatureV4 } from "@smithy/signature-v4";
import type { AccessKey } from "../../aws/credentials";
import { awsEncodePath, parseQuery, percentDecode } from "../../aws/signature";
import { ADMINISTRATOR } from "../../iam/iam";
import { splitTarget } from "../../http/exchange";
import { freedAfterAll } from "../support/freed";
import { CLIENTS } from "./clients/commands";
import { essential, readRecord, type RecordedBody, type RecordedRequest, sizes, written } from "./clients/records";
import { startWithObjects } from "./clients/run";
import { raw } from "./storage-helper";

/** Signs a recorded request anew, and returns its target and headers. */
async function sign(
  { method, signed, headers }: RecordedRequest,
  target: string,
  host: string,
  credentials: AccessKey,
) {
  const all = { ...headers, host };
  if (signed === "no") return { target, headers: all };
  const sha256 = Hash.bind(null, "sha256");
  const signer = new SignatureV4({ service: "s3", region: "eu-central-1", credentials, sha256, uriEscapePath: false });
  const [path, queryText] = splitTarget(target);
  const { "X-Amz-Expires": expires, ...query } = Object.fromEntries(parseQuery(queryText));
  const request = { method, protocol: "http:", hostname: host, path: awsEncodePath(percentDecode(path)), query };
  if (signed === "header") {
    const { headers: own } = await signer.sign({ ...request, headers: all });
    return { target, headers: own };
  }
  // A body that is neither text nor bytes counts as UNSIGNED-PAYLOAD.
  const unsigned = { ...request, headers: { host }, body: {} };
  const { query: own = {} } = await signer.presign(unsigned, { expiresIn: Number(expires) });
  return { target: `${path}?${String(new URLSearchParams(own as Record<string, string>))}`, headers: all };
}

function bytesOf(body: RecordedBody | undefined): Buffer | undefined {
  if (body === undefined) return undefined;
  return typeof body === "string" ? Buffer.from(body) : Buffer.alloc(body.bytes, body.letter);
}

describe("what S3 clients send, replayed", () => {
  const free = freedAfterAll();

  for (const client of CLIENTS) {
    const { commands, version } = readRecord(client);

    it(`has the commands that ${client.name} is tested with`, () => {
      assert.deepEqual(
        commands.map(({ command }) => command),
        client.commands.map(({ args }) => written(client, args)),
      );
    });

    for (const { command, requests, objects } of commands) {
      it(`is answered: ${client.name} ${version}, ${command}`, async () => {
        const test = await startWithObjects(free);
        const key = test.storage.credentials.issue(ADMINISTRATOR);
        let uploadId = "";
        for (const request of requests) {
          const asked = request.target.replace("{uploadId}", uploadId);
          const { target, headers } = await sign(request, asked, new URL(test.s3.url).host, key);
          const answer = await raw(test.s3, request.method, target, headers, bytesOf(request.body));
          assert.deepEqual(essential(answer), request.answer, `${request.method} ${request.target}`);
          uploadId = /<UploadId>(.*)<\/UploadId>/.exec(answer.body.toString())?.[1] ?? uploadId;
        }
        assert.deepEqual(await sizes(test), objects);
      });
    }
  }
});
