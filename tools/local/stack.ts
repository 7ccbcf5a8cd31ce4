import { Api } from "./api/api";
import { readHttpApi } from "./api/http-api";
import { Cdn } from "./cdn/cdn";
import { CloudFrontApi } from "./cdn/cloudfront-api";
import { type Distribution, readDistribution } from "./cdn/distribution";
import { inputsOf, ofType, outputOf, single } from "./declared";
import { startEvents } from "./events/start-events";
import { readFunction } from "./function/declared-function";
import { FunctionRuntime } from "./function/function-runtime";
import { startGallery } from "./gallery/gallery";
import { HostTable, localUrl } from "./hosts";
import { servePart } from "./http/serve-part";
import { imageBucket } from "./image-bucket";
import { ADMINISTRATOR, ANONYMOUS, cloudFrontPrincipal } from "./iam/principal";
import { type ProgramRun, type RegisteredResource, runProgram, UserError } from "@image-resizer/lib/program";
import type { AccessKey } from "./aws/credentials";
import { type Originals, openStorage, type Storage } from "./s3/storage";
import { sampleImages } from "./sample-images";
import { Trace } from "./trace";
import { z } from "zod";

export interface LocalStackOptions {
  readonly stack: string;
  /** Config over the stack file's, as `pulumi up -c` sets it. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The CDN's port; the API, the website, S3 and the gallery take the next ones. 0 for any free ones. */
  readonly port: number;
  /** A folder of originals. Default: pictures of the local stack's own. */
  readonly images?: string;
  /** Changes what the program registered before it is served: how a test breaks a stack. */
  readonly resources?: (declared: readonly RegisteredResource[]) => readonly RegisteredResource[];
  /** Hears of every request from the first on. */
  readonly trace?: Trace;
}

/** A stack served on this machine. */
export interface LocalStack {
  /** URLs without a slash at the end; the API's is its stage's. */
  readonly endpoints: {
    readonly cdn: string;
    readonly api: string;
    /** Only of a stack whose bucket is a website. */
    readonly website?: string;
    readonly s3: string;
    readonly gallery: string;
  };
  readonly bucket: string;
  /** An administrator's keys for the local S3. */
  readonly accessKey: AccessKey;
  readonly originals: Originals;
  /** The folder that the originals are in. */
  readonly images: string;
  readonly run: ProgramRun;
  readonly storage: Storage;
  readonly trace: Trace;
  /** Ends every server and process and removes what was stored. */
  close(): Promise<void>;
}

const WebsiteInputs = z.looseObject({ bucket: z.string() });

/**
 * Runs the program of a stack and serves exactly what it registers.
 * @throws UserError for a mistake in the options, a taken port, or a declared resource that cannot be served.
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const closers: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return { ...(await start(options, closers)), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(options: LocalStackOptions, closers: (() => Promise<void>)[]): Promise<Omit<LocalStack, "close">> {
  const trace = options.trace ?? new Trace();
  // Pictures are made by threads of their own while the program loads.
  const [images, declared] = await Promise.all([
    options.images ?? sampleImages(),
    runProgram({ stack: options.stack, config: options.config ?? {} }),
  ]);
  const run = { ...declared, resources: options.resources?.(declared.resources) ?? declared.resources };
  const port = (offset: number) => (options.port === 0 ? 0 : options.port + offset);

  const storage = await openStorage({ run, trace });
  closers.push(() => storage.close());
  const hosts = new HostTable();

  const s3 = await storage.startS3(port(3));
  hosts.add(`s3.${run.region}.amazonaws.com`, s3.port);

  const bucketResource = imageBucket(run.resources, run.region);
  const bucket = outputOf(bucketResource, "bucket");
  const originals = storage.putOriginals(bucket, images);
  // It is awaited below; until then a rejection has somebody who minds it.
  originals.catch(() => undefined);
  const website = await startWebsite(run, storage, hosts, port(2));

  const distribution = readDistribution(run.resources);
  const edge = new Cdn({ distribution, hosts, trace });
  const cloudFrontUrl = await startCloudFrontApi(run, distribution, edge, storage, trace, closers);

  const urls = { s3Url: s3.url, ...(cloudFrontUrl === undefined ? {} : { cloudFrontUrl }) };
  const functions = await openFunctions(run, storage, urls, trace, closers);
  const httpApi = readHttpApi(run.resources, functions);
  const api = await servePart("api", trace, port(1), new Api({ api: httpApi, accountId: run.accountId, hosts }).handle);
  closers.push(() => api.close());
  hosts.add(httpApi.host, api.port);

  await startBucketOrigins(distribution, bucketResource, storage, hosts);
  const cdn = await servePart("cdn", trace, port(0), edge.handle);
  closers.push(() => cdn.close());
  for (const host of [distribution.domainName, ...distribution.aliases]) hosts.add(host, cdn.port);

  const events = await startEvents({ run, functions, iam: storage.iam, trace });
  closers.push(() => events.close());
  storage.listenToChanges((change) => events.changed(change));

  // Nobody waits for it: the first request may come later than it takes.
  for (const { runtime } of functions) void runtime.warm();

  const endpoints = {
    cdn: localUrl(cdn.port),
    api: `${localUrl(api.port)}/${httpApi.stage}`,
    ...(website === undefined ? {} : { website: localUrl(website) }),
    // By its address, for an SDK that is given a name asks for <bucket>.<name>.
    s3: s3.url,
  };
  const accessKey = storage.credentials.issue(ADMINISTRATOR);
  const gallery = await startGallery({
    run,
    endpoints,
    bucket,
    objects: storage.objects(bucket),
    iam: storage.iam,
    accessKey,
    cdn: edge,
    trace,
    port: port(4),
  });
  closers.push(() => gallery.close());

  const linked = await originals;
  // They are linked by now, so that they are no news.
  if (events.buckets.has(bucket)) await storage.watchOriginals(bucket, images);
  return {
    endpoints: { ...endpoints, gallery: localUrl(gallery.port) },
    bucket,
    accessKey,
    originals: linked,
    images,
    run,
    storage,
    trace,
  };
}

/** The declared website's port; undefined where the bucket is none. */
async function startWebsite(
  run: ProgramRun,
  storage: Storage,
  hosts: HostTable,
  port: number,
): Promise<number | undefined> {
  const type = "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration";
  if (ofType(run.resources, type).length === 0) return undefined;
  const resource = single(run.resources, type);
  const { bucket } = inputsOf(resource, WebsiteInputs);
  const website = await storage.startWebsite({ bucket, port, localize: (url) => hosts.localize(url) });
  hosts.add(outputOf(resource, "websiteEndpoint"), website.port);
  return website.port;
}

/** Serves the bucket at its own host, to CloudFront as whoever it comes as, where the distribution asks there. */
async function startBucketOrigins(
  distribution: Distribution,
  bucket: RegisteredResource,
  storage: Storage,
  hosts: HostTable,
): Promise<void> {
  for (const { kind, domainName, signed } of distribution.origins) {
    if (kind !== "bucket") continue;
    if (domainName !== outputOf(bucket, "bucketRegionalDomainName")) {
      throw new UserError(`the distribution's origin ${domainName} is no bucket that the program declares`);
    }
    const principal = signed ? cloudFrontPrincipal(distribution.arn) : ANONYMOUS;
    hosts.add(domainName, (await storage.startOrigin(outputOf(bucket, "bucket"), principal, 0)).port);
  }
}

/** CloudFront's API, for functions that are started by changes: no other has anything to tell it. */
async function startCloudFrontApi(
  { resources }: ProgramRun,
  distribution: Distribution,
  cdn: Cdn,
  { iam, credentials }: Storage,
  trace: Trace,
  closers: (() => Promise<void>)[],
): Promise<string | undefined> {
  if (ofType(resources, "aws:lambda/eventSourceMapping:EventSourceMapping").length === 0) return undefined;
  const { handle } = new CloudFrontApi({ distribution, cdn, iam, credentials, trace });
  const api = await servePart("cloudfront", trace, 0, handle);
  closers.push(() => api.close());
  return api.url;
}

/** The declared functions, none of them with a process yet. */
async function openFunctions(
  run: ProgramRun,
  storage: Storage,
  urls: { readonly s3Url: string; readonly cloudFrontUrl?: string },
  trace: Trace,
  closers: (() => Promise<void>)[],
) {
  const resources = ofType(run.resources, "aws:lambda/function:Function");
  return Promise.all(
    resources.map(async (resource) => {
      const declared = await readFunction(resource);
      const { allowed, reason } = await storage.iam.assumable(declared.roleArn, "lambda.amazonaws.com");
      if (!allowed) {
        throw new UserError(`Lambda cannot assume the role of the function "${resource.name}": ${reason}`);
      }
      const { region } = run;
      const runtime = new FunctionRuntime({ declared, region, ...urls, credentials: storage.credentials, trace });
      closers.push(() => runtime.close());
      const { name, arn, invokeArn, roleArn, timeout } = declared;
      return { name, arn, invokeArn, roleArn, timeout, runtime };
    }),
  );
}
