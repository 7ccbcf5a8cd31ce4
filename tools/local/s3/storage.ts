import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { ProgramRun } from "@image-resizer/lib/program";
import { Credentials } from "../aws/credentials";
import type { LocalServer } from "../http/listen";
import { createIam, type Iam } from "../iam/iam";
import type { Principal } from "../iam/principal";
import type { Trace } from "../trace";
import { type Bucket, createBuckets, type ObjectChange } from "./bucket";
import { type S3Services, startEndpoint, startOriginEndpoint } from "./endpoint";
import type { ObjectStore } from "./object-store";
import type { S3Operation } from "./operations";
import { linkOriginals, type Originals } from "./originals";
import { OriginalsWatch } from "./originals-watch";
import { startWebsiteEndpoint } from "./website";
import { websiteConfiguration } from "./website-configuration";

export type { LocalServer } from "../http/listen";
export type { S3Operation } from "./operations";
export type { Originals } from "./originals";

interface StorageOptions {
  readonly run: Pick<ProgramRun, "resources" | "accountId">;
  readonly trace: Trace;
}

interface WebsiteOptions {
  readonly bucket: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Returns the local URL of a redirect, whose `Location` names hosts of AWS. */
  readonly localize: (location: string) => string;
}

/**
 * Opens the storage side of a stack: its buckets, empty, in a temporary directory.
 * @throws UserError for a policy that AWS would reject, or that the local stack cannot evaluate
 */
export async function openStorage({ run: { resources, accountId }, trace }: StorageOptions): Promise<Storage> {
  const iam = createIam(resources, accountId);
  const directory = await mkdtemp(path.join(tmpdir(), "image-resizer-s3-"));
  const buckets = await createBuckets(resources, directory, (change) => storage.changed(change));
  const storage = new Storage(resources, iam, trace, buckets, directory);
  return storage;
}

/** The buckets that the program declares, their policies, and their endpoints. */
export class Storage implements S3Services {
  readonly iam: Iam;
  readonly trace: Trace;
  readonly credentials = new Credentials();
  readonly #resources: ProgramRun["resources"];
  readonly #buckets: ReadonlyMap<string, Bucket>;
  readonly #directory: string;
  readonly #watches: OriginalsWatch[] = [];
  readonly #servers: LocalServer[] = [];
  readonly #counts = new Map<S3Operation, number>();
  #listener: (change: ObjectChange) => Promise<void> = () => Promise.resolve();

  constructor(
    resources: ProgramRun["resources"],
    iam: Iam,
    trace: Trace,
    buckets: ReadonlyMap<string, Bucket>,
    directory: string,
  ) {
    this.#resources = resources;
    this.iam = iam;
    this.trace = trace;
    this.#buckets = buckets;
    this.#directory = directory;
  }

  /** Names of the declared buckets. */
  get buckets(): readonly string[] {
    return [...this.#buckets.keys()];
  }

  /**
   * Starts the S3 endpoint (path style: `<url>/<bucket>/<key>`).
   * @param port 0 for any free one
   * @throws UserError if the port is taken
   */
  startS3(port: number): Promise<LocalServer> {
    return this.#started(startEndpoint(this, port));
  }

  /**
   * Starts a bucket's own host (`<url>/<key>`), where every request is `principal`'s.
   * @param port 0 for any free one
   * @throws UserError if the port is taken
   */
  startOrigin(bucket: string, principal: Principal, port: number): Promise<LocalServer> {
    return this.#started(startOriginEndpoint(this, this.#bucket(bucket), principal, port));
  }

  /**
   * Starts a bucket's website endpoint (`<url>/<key>`).
   * @throws UserError if the port is taken, or the declared website cannot be served here
   */
  async startWebsite({ bucket, port, localize }: WebsiteOptions): Promise<LocalServer> {
    const configuration = websiteConfiguration(this.#resources, bucket);
    const website = { bucket: this.#bucket(bucket), configuration, localize };
    return this.#started(startWebsiteEndpoint(this, website, port));
  }

  /**
   * Turns every image below `directory` into an original, its relative path as the key.
   * The files stay where they are and are only read.
   * @throws UserError for a folder that is missing, no folder, or without images
   */
  putOriginals(bucket: string, directory: string): Promise<Originals> {
    return linkOriginals(this.#bucket(bucket).objects, directory);
  }

  /**
   * Starts to notice originals that are edited, added or removed in their folder, as far as the machine can tell.
   * @throws UserError for a folder that is missing or no folder
   */
  async watchOriginals(bucket: string, directory: string): Promise<void> {
    const watch = new OriginalsWatch(this.#bucket(bucket).objects, directory);
    // Before it starts, so closing the storage always ends it.
    this.#watches.push(watch);
    await watch.start();
  }

  /** Reports every change of an object from now on. Originals that are linked at start-up are no changes. */
  listenToChanges(listener: (change: ObjectChange) => Promise<void>): void {
    this.#listener = listener;
  }

  /** Objects of a bucket, without a call to S3. */
  objects(bucket: string): ObjectStore {
    return this.#bucket(bucket).objects;
  }

  findBucket(name: string): Bucket | undefined {
    return this.#buckets.get(name);
  }

  changed(change: ObjectChange): Promise<void> {
    return this.#listener(change);
  }

  counted(operation: S3Operation): void {
    this.#counts.set(operation, this.count(operation) + 1);
  }

  /** Number of calls of this kind to S3, whatever the response. */
  count(operation: S3Operation): number {
    return this.#counts.get(operation) ?? 0;
  }

  /** Ends the servers and deletes the objects. */
  async close(): Promise<void> {
    for (const watch of this.#watches) watch.close();
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
