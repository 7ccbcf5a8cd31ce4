import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ProgramRun } from "@image-resizer/lib/program";
import { Credentials } from "../aws/credentials";
import { ofType, outputOf } from "../declared";
import type { CorsRule } from "../http/cors";
import type { LocalServer } from "../http/server";
import { Iam, type Principal } from "../iam/iam";
import { declaredPolicies } from "../iam/policies";
import type { Trace } from "../trace";
import { corsRule } from "./cors";
import { startEndpoint, startOriginEndpoint } from "./endpoint";
import { MultipartUploads } from "./multipart-uploads";
import { ObjectStore, type StoredObject } from "./object-store";
import type { S3Operation } from "./operations";
import { startWebsiteEndpoint } from "./website";

export type { S3Operation } from "./operations";

/** A bucket that the program declares. */
export interface Bucket {
  readonly name: string;
  readonly objects: ObjectStore;
  readonly uploads: MultipartUploads;
  readonly cors: CorsRule | undefined;
}

/** Change of an object, as S3 reports it. */
export interface ObjectChange {
  readonly bucket: string;
  readonly key: string;
  /** Call that changed it, as S3's events name it: `DeleteObject` stands for DeleteObjects too. */
  readonly reason: "PutObject" | "CopyObject" | "CompleteMultipartUpload" | "DeleteObject";
  /** The new object; none for a deletion. */
  readonly object?: Pick<StoredObject, "size" | "etag">;
  /** Set for a deletion: whether there was an object. */
  readonly existed?: boolean;
  /** Id of the client's request; none for a file that was edited in the folder of originals. */
  readonly requestId?: string;
}

/**
 * Opens the storage side of a stack: its buckets, empty, in a temporary directory.
 * @throws UserError for a policy that AWS would reject, or that the local stack cannot evaluate
 */
export async function openStorage({
  run: { resources, accountId },
  trace,
}: {
  readonly run: Pick<ProgramRun, "resources" | "accountId">;
  readonly trace: Trace;
}): Promise<Storage> {
  const iam = new Iam(declaredPolicies(resources), accountId, trace);
  return new Storage(resources, iam, trace, await mkdtemp(path.join(tmpdir(), "image-resizer-s3-")));
}

/** The buckets that the program declares, their policies, and their endpoints. */
export class Storage {
  readonly iam: Iam;
  readonly trace: Trace;
  readonly credentials = new Credentials();
  readonly #resources: ProgramRun["resources"];
  readonly #buckets: ReadonlyMap<string, Bucket>;
  readonly #directory: string;
  readonly #servers: LocalServer[] = [];
  readonly #counts = new Map<S3Operation, number>();
  #listener: (change: ObjectChange) => void = () => undefined;

  /** @throws UserError for a CORS configuration that S3 would reject */
  constructor(resources: ProgramRun["resources"], iam: Iam, trace: Trace, directory: string) {
    this.#resources = resources;
    this.iam = iam;
    this.trace = trace;
    this.#directory = directory;
    this.#buckets = new Map(
      ofType(resources, "aws:s3/bucket:Bucket").map((resource) => {
        const bucket = outputOf(resource, "bucket");
        const objects = new ObjectStore(directory, (key, object) => {
          const change = object
            ? { reason: "PutObject" as const, object }
            : { reason: "DeleteObject" as const, existed: true };
          this.changed({ bucket, key, ...change });
        });
        const uploads = new MultipartUploads(objects);
        return [bucket, { name: bucket, objects, uploads, cors: corsRule(resources, bucket) }];
      }),
    );
  }

  /** Names of the declared buckets. */
  get buckets(): readonly string[] {
    return [...this.#buckets.keys()];
  }

  /**
   * Starts the S3 endpoint (path style: `<url>/<bucket>/<key>`).
   * @throws UserError if the port is taken
   */
  startS3(port: number): Promise<LocalServer> {
    return this.#started(startEndpoint(this, port));
  }

  /**
   * Starts a bucket's own host (`<url>/<key>`), where every request is `principal`'s.
   * @throws UserError if the port is taken
   */
  startOrigin(bucket: string, principal: Principal, port: number): Promise<LocalServer> {
    return this.#started(startOriginEndpoint(this, this.#bucket(bucket), principal, port));
  }

  /**
   * Starts a bucket's website endpoint (`<url>/<key>`).
   * @param localize returns the local URL of a redirect, whose `Location` names hosts of AWS
   * @throws UserError if the port is taken, or the bucket's website cannot be served here
   */
  async startWebsite(bucket: string, port: number, localize: (location: string) => string): Promise<LocalServer> {
    return this.#started(startWebsiteEndpoint(this, this.#bucket(bucket), this.#resources, localize, port));
  }

  /** Reports every change of an object from now on. Originals that are linked at start-up are no changes. */
  listenToChanges(listener: (change: ObjectChange) => void): void {
    this.#listener = listener;
  }

  /** Objects of a bucket, without a call to S3. */
  objects(bucket: string): ObjectStore {
    return this.#bucket(bucket).objects;
  }

  findBucket(name: string): Bucket | undefined {
    return this.#buckets.get(name);
  }

  /** Reports a change of an object. */
  changed(change: ObjectChange): void {
    this.#listener(change);
  }

  /** Counts a call, whatever the response. */
  counted(operation: S3Operation): void {
    this.#counts.set(operation, this.count(operation) + 1);
  }

  /** Number of calls of this kind to S3, whatever the response. */
  count(operation: S3Operation): number {
    return this.#counts.get(operation) ?? 0;
  }

  /** Ends the servers and deletes the objects. */
  async close(): Promise<void> {
    await Promise.all(this.#servers.map((server) => server.close()));
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #started(starting: Promise<LocalServer>): Promise<LocalServer> {
    const server = await starting;
    this.#servers.push(server);
    return server;
  }

  #bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (!bucket) throw new Error(`the program declares no bucket ${name}`);
    return bucket;
  }
}
