import type { IncomingMessage } from "node:http";
import type { ProgramRun } from "@image-resizer/lib/program";
import { z } from "zod";
import type { AllowList } from "../../../functions/variant-key";
import type { AccessKey } from "../aws/credentials";
import type { Cdn } from "../cdn/cdn";
import { BodyTooLarge, readBody, splitTarget } from "../http/exchange";
import type { LocalServer } from "../http/server";
import { serve } from "../http/server";
import type { Iam } from "../iam/iam";
import type { ObjectStore } from "../s3/object-store";
import { contentTypeOf, EXTENSIONS } from "../s3/originals";
import type { Hop, Trace } from "../trace";
import { EventStream } from "./event-stream";
import { Originals } from "./originals";
import { findAsset, isForeign, securityHeaders } from "./page-files";
import { Permissions } from "./permissions";
import { tryPath } from "./try";

export interface GalleryOptions {
  readonly run: ProgramRun;
  /** URLs by name: `cdn` and `s3` among them. */
  readonly endpoints: Readonly<Record<"cdn" | "s3", string>> & Readonly<Record<string, string>>;
  readonly bucket: string;
  readonly objects: ObjectStore;
  readonly iam: Iam;
  readonly accessKey: AccessKey;
  readonly cdn: Pick<Cdn, "invalidate">;
  readonly trace: Trace;
  /** 0 for any free one. */
  readonly port: number;
}

/** Answers a request with a value that is sent as JSON. @throws Rejection */
type Route = (query: URLSearchParams, message: IncomingMessage) => unknown;

class Rejection extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Larger than any original that a stack accepts by default. */
const MAX_UPLOAD_BYTES = 256 * 1024 * 1024;
const MAX_JSON_BYTES = 64 * 1024;
const WRITES = ["PutObject", "DeleteObject", "CompleteMultipartUpload"];

const TryBody = z.object({ path: z.string(), accept: z.string().regex(/^[\x20-\x7e]*$/) });
const PermissionBody = z.object({ id: z.string(), denied: z.boolean() });

/** Serves the page that shows the originals of a stack and, live, the steps of each request. */
export function startGallery(options: GalleryOptions): Promise<LocalServer> {
  const { run, endpoints, bucket, iam, trace, port } = options;
  const allowList = run.outputs.allowList as AllowList;
  const originals = new Originals(options, allowList);
  const permissions = new Permissions(iam.policies, bucket);
  const events = new EventStream();
  trace.listen((hop) => {
    void originals.bytesBehind(hop).then((bytes) => {
      events.send("hop", bytes === undefined ? hop : { ...hop, originalBytes: bytes });
    });
    const key = writtenKey(hop);
    if (key !== undefined && !originals.isWriting(key)) events.send("original", { key });
  });
  trace.listenToLog((line) => {
    events.send("log", line);
  });

  const routes: Readonly<Record<string, Route>> = {
    "GET /stack": () => ({ stack: run.stack, endpoints, allowList }),
    "GET /originals": (query) => {
      const count = Number(query.get("count"));
      if (!Number.isSafeInteger(count) || count < 0) reject(400, "The count of originals must be a whole number.");
      return originals.page(query.get("search") ?? "", count);
    },
    "PUT /original": async (query, message) => {
      const key = query.get("key") ?? "";
      await upload(originals, key, message);
      events.send("original", { key });
      return {};
    },
    "DELETE /variants": async (query) => {
      const key = query.get("key") ?? "";
      await originals.deleteVariants(key);
      events.send("original", { key });
      return {};
    },
    "GET /permissions": () => permissions.list(),
    "POST /permissions": async (_query, message) => {
      const { id, denied } = await readJson(message, PermissionBody);
      return permissions.set(id, denied) ? permissions.list() : reject(404, `There is no permission ${id}.`);
    },
    "POST /try": async (_query, message) =>
      tryPath(await readJson(message, TryBody), endpoints.cdn, Object.values(endpoints)),
  };

  const headers = { ...securityHeaders(Object.values(endpoints)), "cache-control": "no-store" };
  return serve(port, async ({ message, method, target }) => {
    const reply = (status: number, value: unknown) => {
      return { status, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(value) };
    };
    try {
      if (isForeign(message)) throw new Rejection(403, "This page is for the machine that it runs on.");
      const [path, query] = splitTarget(target);
      const name = `${method === "HEAD" ? "GET" : method} ${path}`;
      const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
      if (route) return reply(200, await route(new URLSearchParams(query), message));
      const file =
        name === "GET /events"
          ? { contentType: "text/event-stream", body: events.connect(message.headers["last-event-id"]?.toString()) }
          : name.startsWith("GET ") && (await findAsset(path));
      if (!file) throw new Rejection(404, "There is no such page.");
      return { status: 200, headers: { ...headers, "content-type": file.contentType }, body: file.body };
    } catch (error) {
      if (error instanceof Rejection) return reply(error.status, { message: error.message });
      throw error;
    }
  });
}

/** Returns the key of an original that a hop wrote: a write by the function, which is no entry, is that of a variant. */
function writtenKey({ part, what, entry, status }: Hop): string | undefined {
  const [operation = "", ...key] = what.split(" ");
  return part === "s3" && entry && WRITES.includes(operation) && status < 300 ? key.join(" ") : undefined;
}

async function upload(originals: Originals, key: string, message: IncomingMessage): Promise<void> {
  const contentType =
    contentTypeOf(key) ?? reject(415, `${key} is no image by its name: originals are ${EXTENSIONS} files.`);
  const body = await readBody(message, MAX_UPLOAD_BYTES).catch((error: unknown) => {
    if (!(error instanceof BodyTooLarge)) throw error;
    return reject(413, `${key} is larger than ${MAX_UPLOAD_BYTES / 1024 / 1024} MB.`);
  });
  await originals.put(key, contentType, body).catch((error: unknown) => {
    reject(400, `S3 rejected ${key}: ${(error as Error).message}`);
  });
}

async function readJson<T>(message: IncomingMessage, schema: z.ZodType<T>): Promise<T> {
  try {
    return schema.parse(JSON.parse((await readBody(message, MAX_JSON_BYTES)).toString()));
  } catch {
    return reject(400, "The body is not what this path expects.");
  }
}

function reject(status: number, message: string): never {
  throw new Rejection(status, message);
}
