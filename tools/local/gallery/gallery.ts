import type { IncomingMessage } from "node:http";
import type { Readable } from "node:stream";
import { z } from "zod";
import { type AllowList, FORMATS } from "../../../functions/variant-key";
import type { Cdn } from "../cdn/cdn";
import { BodyTooLarge, readBody, splitTarget } from "../http/exchange";
import type { LocalServer } from "../http/listen";
import { type PartRequest, type Reply, serve } from "../http/serve-part";
import type { Iam } from "../iam/iam";
import type { ProgramRun } from "@image-resizer/lib/program";
import type { AccessKey } from "../aws/credentials";
import type { ObjectStore } from "../s3/object-store";
import { contentTypeOf } from "../s3/originals";
import type { Trace } from "../trace";
import { asset } from "./assets";
import type { StackInfo } from "./contract";
import { EventStream } from "./event-stream";
import { Originals } from "./originals";
import { Permissions } from "./permissions";
import { isForeign, securityHeaders } from "./security";
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

interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Readable;
}

/** Larger than any original that a stack takes by default. */
const MAX_UPLOAD_BYTES = 256 * 1024 * 1024;
const MAX_JSON_BYTES = 64 * 1024;

const AllowListOutput: z.ZodType<AllowList> = z.object({
  sizes: z.union([z.literal("any"), z.array(z.string())]),
  formats: z.array(z.enum(FORMATS)),
  maxDimension: z.number(),
});
const TryBody = z.object({ path: z.string(), accept: z.string().regex(/^[\x20-\x7e]*$/) });
const PermissionBody = z.object({ id: z.string(), denied: z.boolean() });

/** Starts the page that shows the stack's photographs and, live, what each request does. */
export function startGallery(options: GalleryOptions): Promise<LocalServer> {
  return serve(options.port, new Gallery(options).handle);
}

class Gallery {
  readonly #info: StackInfo;
  readonly #originals: Originals;
  readonly #permissions: Permissions;
  readonly #events = new EventStream();
  readonly #headers: Readonly<Record<string, string>>;
  /** Keys that the gallery itself is writing: pages hear of them when their variants are gone too. */
  readonly #writing = new Set<string>();

  constructor({ run, endpoints, bucket, objects, iam, accessKey, cdn, trace }: GalleryOptions) {
    const allowList = AllowListOutput.parse(run.outputs.allowList);
    this.#info = { stack: run.stack, bucket, endpoints, allowList };
    const s3 = { url: endpoints.s3, region: run.region, accessKey };
    this.#originals = new Originals({ bucket, objects, allowList, s3, cdn });
    this.#permissions = new Permissions(iam.policies, bucket);
    this.#headers = securityHeaders(Object.values(endpoints));
    trace.listen((hop) => {
      this.#events.send("hop", hop);
      const [operation, key] = splitOnce(hop.what, " ");
      const isWrite = ["PutObject", "CopyObject", "DeleteObject", "CompleteMultipartUpload"].includes(operation);
      // A write of the function's is a variant; others are made by whoever has the administrator's keys.
      if (hop.part === "s3" && hop.entry && isWrite && hop.status < 300 && !this.#writing.has(key)) {
        this.#events.send("original", { key });
      }
    });
    trace.listenToLog((line) => {
      this.#events.send("log", line);
    });
  }

  readonly handle = async ({ message, method, target }: PartRequest): Promise<Reply> => {
    if (isForeign(message)) return this.#reply(refusal(403, "This page is for the machine that it runs on."));
    const [path, query] = splitTarget(target);
    if (method === "GET" && path === "/events") {
      return this.#reply({ status: 200, contentType: "text/event-stream", body: this.#events.connect(message) });
    }
    return this.#reply(await this.#answer(message, path, new URLSearchParams(query)));
  };

  async #answer(request: IncomingMessage, path: string, query: URLSearchParams): Promise<Answer> {
    const method = request.method === "HEAD" ? "GET" : (request.method ?? "GET");
    const key = query.get("key") ?? "";
    switch (`${method} ${path}`) {
      case "GET /stack":
        return json(this.#info);
      case "GET /originals":
        return json(await this.#originals.page(query.get("after") ?? "", query.get("search") ?? ""));
      case "GET /original": {
        const original = await this.#originals.find(key);
        return original ? json(original) : refusal(404, `There is no original ${key}.`);
      }
      case "PUT /original":
        return this.#put(request, key);
      case "DELETE /variants":
        await this.#originals.forgetVariants(key);
        this.#events.send("original", { key });
        return json({});
      case "GET /permissions":
        return json(this.#permissions.list());
      case "POST /permissions": {
        const change = PermissionBody.safeParse(await jsonBody(request));
        if (!change.success) return refusal(400, "The body is no permission.");
        const { id, denied } = change.data;
        return this.#permissions.set(id, denied)
          ? json(this.#permissions.list())
          : refusal(404, `No permission ${id}.`);
      }
      case "POST /try": {
        const wanted = TryBody.safeParse(await jsonBody(request));
        if (!wanted.success) return refusal(400, "The body is no path with an Accept header.");
        const { endpoints } = this.#info;
        return json(await tryPath(wanted.data, endpoints.cdn ?? "", Object.values(endpoints)));
      }
      default: {
        const file = method === "GET" ? await asset(path) : undefined;
        return file ? { status: 200, ...file } : refusal(404, "There is no such page.");
      }
    }
  }

  async #put(request: IncomingMessage, key: string): Promise<Answer> {
    const contentType = contentTypeOf(key);
    if (contentType === undefined) {
      return refusal(415, `${key} is no picture by its name: originals are jpg, jpeg, png, webp and avif files.`);
    }
    let body: Buffer;
    try {
      body = await readBody(request, MAX_UPLOAD_BYTES);
    } catch (error) {
      if (!(error instanceof BodyTooLarge)) throw error;
      return refusal(413, `${key} is larger than ${MAX_UPLOAD_BYTES / 1024 / 1024} MB.`);
    }
    this.#writing.add(key);
    try {
      await this.#originals.put(key, contentType, body);
    } catch (error) {
      return refusal(400, `S3 did not take ${key}: ${(error as Error).message}`);
    } finally {
      this.#writing.delete(key);
    }
    this.#events.send("original", { key });
    return json(await this.#originals.find(key));
  }

  #reply({ status, contentType, body }: Answer): Reply {
    return { status, headers: { ...this.#headers, "content-type": contentType, "cache-control": "no-store" }, body };
  }
}

async function jsonBody(request: IncomingMessage): Promise<unknown> {
  try {
    return JSON.parse((await readBody(request, MAX_JSON_BYTES)).toString());
  } catch {
    return undefined;
  }
}

function json(value: unknown): Answer {
  return { status: 200, contentType: "application/json", body: JSON.stringify(value) };
}

function refusal(status: number, message: string): Answer {
  return { status, contentType: "application/json", body: JSON.stringify({ message }) };
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
