import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createIam, type Iam } from "../iam/iam";
import type { Principal } from "../iam/principal";
import type { ProgramRun } from "@image-resizer/lib/program";
import type { Trace } from "../trace";
import { createBuckets, type Bucket } from "./bucket";
import { Credentials } from "../aws/credentials";
import { startEndpoint, type S3Parts } from "./endpoint";
import type { LocalServer } from "../http/listen";
import { ChangeFeed, type ObjectChange } from "./object-change";
import type { ObjectStore } from "./object-store";
import type { S3Operation } from "./operation";
import { startOriginEndpoint } from "./origin";
import { linkOriginals, type Originals } from "./originals";
import { OriginalsWatch } from "./originals-watch";
import { startWebsiteEndpoint } from "./website";
import { websiteConfiguration } from "./website-configuration";

export type { LocalServer } from "../http/listen";
export type { S3Operation } from "./operation";
export type { Originals } from "./originals";

export interface StorageOptions {
  readonly run: Pick<ProgramRun, "resources" | "accountId">;
  readonly trace: Trace;
}

export interface WebsiteOptions {
  readonly bucket: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Turns the `Location` of a redirect, which names hosts of AWS, into the local one. */
  readonly localize: (location: string) => string;
}

/**
 * Opens the storage side of a stack: its buckets, empty, in a temporary directory.
 * @throws UserError for a policy that AWS would refuse, or that the local stack cannot judge
 */
export async function openStorage({ run, trace }: StorageOptions): Promise<Storage> {
  const iam = await createIam(run.resources, run.accountId);
  const directory = await mkdtemp(path.join(tmpdir(), "image-resizer-s3-"));
  const changes = new ChangeFeed();
  const buckets = await createBuckets(run.resources, directory, changes);
  return new Storage(run.resources, iam, trace, buckets, changes, directory);
}

/** The buckets that the program declares, their policies, and the two ways to reach them. */
export class Storage {
  readonly iam: Iam;
  readonly credentials = new Credentials();
  readonly #resources: ProgramRun["resources"];
  readonly #trace: Trace;
  readonly #buckets: ReadonlyMap<string, Bucket>;
  readonly #changes: ChangeFeed;
  readonly #directory: string;
  readonly #watches: OriginalsWatch[] = [];
  readonly #servers: LocalServer[] = [];
  readonly #counts = new Map<S3Operation, number>();

  constructor(
    resources: ProgramRun["resources"],
    iam: Iam,
    trace: Trace,
    buckets: ReadonlyMap<string, Bucket>,
    changes: ChangeFeed,
    directory: string,
  ) {
    this.#resources = resources;
    this.iam = iam;
    this.#trace = trace;
    this.#buckets = buckets;
    this.#changes = changes;
    this.#directory = directory;
  }

  /** The names of the declared buckets. */
  get buckets(): readonly string[] {
    return [...this.#buckets.keys()];
  }

  /**
   * Starts the S3 endpoint (path style: `<url>/<bucket>/<key>`). Port 0 for any free one.
   * @throws UserError if the port is taken
   */
  async startS3(port: number): Promise<LocalServer> {
    const server = await startEndpoint(this.#parts(), port);
    this.#servers.push(server);
    return server;
  }

  /**
   * Starts a bucket's own host (`<url>/<key>`), where every request is `principal`'s. Port 0 for any free one.
   * @throws UserError if the port is taken
   */
  async startOrigin(bucket: string, principal: Principal, port: number): Promise<LocalServer> {
    const server = await startOriginEndpoint(this.#parts(), this.#bucket(bucket), principal, port);
    this.#servers.push(server);
    return server;
  }

  /**
   * Starts a bucket's website endpoint (`<url>/<key>`).
   * @throws UserError if the port is taken, or the website declared is not one that can be served here
   */
  async startWebsite({ bucket, port, localize }: WebsiteOptions): Promise<LocalServer> {
    const configuration = websiteConfiguration(this.#resources, bucket);
    const parts = { bucket: this.#bucket(bucket), configuration, iam: this.iam, trace: this.#trace, localize };
    const server = await startWebsiteEndpoint(parts, port);
    this.#servers.push(server);
    return server;
  }

  /**
   * Makes every picture below `directory` an original, its path relative to it as the key.
   * The files stay where they are and are only ever read.
   * @throws UserError for a folder that is missing, no folder, or without pictures
   */
  putOriginals(bucket: string, directory: string): Promise<Originals> {
    return linkOriginals(this.#bucket(bucket).objects, directory);
  }

  /**
   * Notices originals that are edited, added or removed in their folder, as far as the machine can tell.
   * Resolves when it does.
   * @throws UserError for a folder that is missing or no folder
   */
  async watchOriginals(bucket: string, directory: string): Promise<void> {
    const watch = new OriginalsWatch(this.#bucket(bucket).objects, directory);
    // Before it starts, so that it is ended whenever the storage is closed.
    this.#watches.push(watch);
    await watch.start();
  }

  /** Tells of every change of an object from now on; originals that are linked at start-up are none. */
  listenToChanges(listener: (change: ObjectChange) => Promise<void>): void {
    this.#changes.listen(listener);
  }

  /** The objects of a bucket, for whoever looks at them without asking S3. */
  objects(bucket: string): ObjectStore {
    return this.#bucket(bucket).objects;
  }

  /** How many calls of this kind the S3 endpoint has answered, whatever the answer. */
  count(operation: S3Operation): number {
    return this.#counts.get(operation) ?? 0;
  }

  /** Ends the servers and removes what was stored. */
  async close(): Promise<void> {
    for (const watch of this.#watches) watch.close();
    await Promise.all(this.#servers.map((server) => server.close()));
    await rm(this.#directory, { recursive: true, force: true });
  }

  #parts(): S3Parts {
    const counted = (operation: S3Operation) => {
      this.#counts.set(operation, this.count(operation) + 1);
    };
    const changed = (change: ObjectChange) => this.#changes.report(change);
    const { iam, credentials } = this;
    return { buckets: this.#buckets, iam, credentials, trace: this.#trace, counted, changed };
  }

  #bucket(name: string): Bucket {
    const bucket = this.#buckets.get(name);
    if (!bucket) throw new Error(`the program declares no bucket ${name}`);
    return bucket;
  }
}
