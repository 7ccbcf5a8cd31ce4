import type { IncomingMessage } from "node:http";
import type { ProgramRun } from "@image-resizer/lib/program";
import { z } from "zod";
import { Refusal } from "../../../functions/resizer/refusal";
import { inspect } from "../../../functions/resizer/original/inspect";
import { type AllowList, parseSize } from "../../../functions/variant-key";
import type { AccessKey } from "../aws/credentials";
import type { Cdn } from "../cdn/cdn";
import { BodyTooLarge, readBody, splitTarget } from "../http/exchange";
import type { LocalServer } from "../http/server";
import { serve } from "../http/server";
import type { Iam } from "../iam/iam";
import type { ObjectStore } from "../s3/object-store";
import { contentTypeOf, EXTENSIONS } from "../s3/originals";
import type { Hop, Trace } from "../trace";
import type { Crop, OriginalDetails, OriginalsPage, Permission, StackInfo } from "./contract";
import { cropsOf, dimensionsOf, preview } from "./crops";
import { EventStream } from "./event-stream";
import { Originals } from "./originals";
import { type Asset, findAsset, isForeign, securityHeaders } from "./page-files";
import { Permissions } from "./permissions";
import { reject, Rejection } from "./rejection";
import { type ResizerSettings, resizerSettings } from "./resizer-settings";
import { imageAt, tryPath } from "./try";

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

/** Answers a request with a value that is sent as JSON, or with a file. @throws Rejection or Refusal */
type Route = (query: (name: string) => string, message: IncomingMessage) => unknown;

/** A response of another type than JSON. */
class FileAnswer {
  constructor(readonly file: Asset) {}
}

const MAX_JSON_BYTES = 64 * 1024;
const WRITES = ["PutObject", "CopyObject", "DeleteObject", "CompleteMultipartUpload"];

const TryBody = z.object({ path: z.string(), accept: z.string().regex(/^[\x20-\x7e]*$/) });
const PermissionBody = z.object({ id: z.string(), denied: z.boolean() });

/** Serves the page that shows the originals of a stack and, live, the steps of each request. */
export function startGallery(options: GalleryOptions): Promise<LocalServer> {
  const { run, endpoints, bucket, iam, accessKey, trace, port } = options;
  const allowList = run.outputs.allowList as AllowList;
  const settings = resizerSettings(run);
  const originals = new Originals(options, allowList);
  const permissions = new Permissions(iam.policies, bucket);
  const events = new EventStream();
  trace.listen((hop) => {
    void originals.bytesBehind(hop).then((bytes) => {
      events.send("hop", bytes === undefined ? hop : { ...hop, originalBytes: bytes });
    });
    const key = writtenKey(hop);
    if (key === undefined || originals.isWriting(key)) return;
    const isDeleted = hop.what.startsWith("Delete");
    if (!isDeleted) originals.notePut(key);
    events.send("original", { key, isDeleted });
  });
  trace.listenToLog((line) => {
    events.send("log", line);
  });
  const changed = (key: string, isDeleted = false) => {
    events.send("original", { key, isDeleted });
    return {};
  };
  const all = Object.values(endpoints);

  const routes: Readonly<Record<string, Route>> = {
    "GET /stack": (): StackInfo => {
      const { fit, position, maxInputBytes } = settings;
      const { stack, region } = run;
      return { stack, endpoints, allowList, bucket, region, accessKey, fit, position, maxInputBytes };
    },
    "GET /originals": (query): Promise<OriginalsPage> => {
      const [from, count] = [Number(query("from")), Number(query("count"))];
      if (![from, count].every((number) => Number.isSafeInteger(number) && number >= 0))
        reject(400, "The place and the count of originals must be whole numbers.");
      return originals.page(query("search"), from, count);
    },
    "GET /original": async (query): Promise<OriginalDetails> => {
      const { original, beside, content } = await originals.read(query("key"), query("search"));
      return { ...original, ...beside, ...(await dimensionsOf(content, settings).catch(() => ({}))) };
    },
    "PUT /original": async (query, message) => {
      await upload(originals, settings, query("key"), message);
      return changed(query("key"));
    },
    "DELETE /original": async (query) => {
      await originals.delete(query("key"));
      return changed(query("key"), true);
    },
    "GET /preview": async (query) => {
      return new FileAnswer(await preview((await originals.read(query("key"), "")).content, settings));
    },
    "GET /crops": async (query): Promise<Crop[]> => {
      const size =
        parseSize(query("size")) ?? reject(400, `${query("size")} is no size: crops are WxH, such as 360x270.`);
      return cropsOf((await originals.read(query("key"), "")).content, size, settings);
    },
    "GET /image": async (query) => new FileAnswer(await imageAt(query("path"), endpoints.cdn, all)),
    "DELETE /variants": async (query) => {
      await originals.deleteVariants(query("key"));
      return changed(query("key"));
    },
    "GET /permissions": () => permissions.list(),
    "POST /permissions": async (_query, message): Promise<Permission[]> => {
      const { id, denied } = await readJson(message, PermissionBody);
      return permissions.set(id, denied) ? permissions.list() : reject(404, `There is no permission ${id}.`);
    },
    "POST /try": async (_query, message) => tryPath(await readJson(message, TryBody), endpoints.cdn, all),
  };

  const headers = { ...securityHeaders(all), "cache-control": "no-store" };
  return serve(port, async ({ message, method, target }) => {
    const reply = (status: number, value: unknown) => {
      return { status, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(value) };
    };
    try {
      if (isForeign(message)) reject(403, "This page is for the machine that it runs on.");
      const [path, query] = splitTarget(target);
      const name = `${method === "HEAD" ? "GET" : method} ${path}`;
      const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
      const values = new URLSearchParams(query);
      const answer = await route?.((key) => values.get(key) ?? "", message);
      if (route && !(answer instanceof FileAnswer)) return reply(200, answer);
      const file =
        answer instanceof FileAnswer
          ? answer.file
          : name === "GET /events"
            ? { contentType: "text/event-stream", body: events.connect(message.headers["last-event-id"]?.toString()) }
            : name.startsWith("GET ") && (await findAsset(path));
      if (!file) reject(404, "There is no such page.");
      return { status: 200, headers: { ...headers, "content-type": file.contentType }, body: file.body };
    } catch (error) {
      if (!(error instanceof Rejection || error instanceof Refusal)) throw error;
      return reply(error.status, { message: error.message });
    }
  });
}

/** Returns the key of an original that a hop wrote: a write by the function, which is no entry, is that of a variant. */
function writtenKey({ part, what, entry, status }: Hop): string | undefined {
  const [operation = "", ...key] = what.split(" ");
  return part === "s3" && entry && WRITES.includes(operation) && status < 300 ? key.join(" ") : undefined;
}

/** Puts an original that the stack can resize: what it rejects by its bytes never becomes one. */
async function upload(originals: Originals, settings: ResizerSettings, key: string, message: IncomingMessage) {
  const contentType =
    contentTypeOf(key) ?? reject(415, `${key} is no image by its name: originals are ${EXTENSIONS} files.`);
  const { maxInputBytes } = settings;
  const body = await readBody(message, maxInputBytes).catch((error: unknown) => {
    if (!(error instanceof BodyTooLarge)) throw error;
    return reject(413, `${key} is not uploaded: it is larger than ${maxInputBytes} bytes.`);
  });
  try {
    inspect(body, settings);
  } catch (error) {
    if (error instanceof Refusal) reject(error.status, `${key} is not uploaded: ${error.message}`);
    throw error;
  }
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
