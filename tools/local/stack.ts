import { Api } from "./api/api";
import { readHttpApi } from "./api/http-api";
import type { AccessKey } from "./aws/credentials";
import { Cdn } from "./cdn/cdn";
import { CloudFrontApi } from "./cdn/cloudfront-api";
import { type Distribution, readDistribution } from "./cdn/distribution";
import { ofType, outputOf, single } from "./declared";
import { Events } from "./events/events";
import { readFunction } from "./function/declared-function";
import { FunctionRuntime } from "./function/function-runtime";
import { startGallery } from "./gallery/gallery";
import { HostTable, localUrl } from "./hosts";
import { servePart } from "./http/server";
import { ADMINISTRATOR, ANONYMOUS } from "./iam/iam";
import { type ProgramRun, type RegisteredResource, runProgram, UserError } from "@image-resizer/lib/program";
import { linkOriginals, type Originals, OriginalsWatch } from "./s3/originals";
import { openStorage, type Storage } from "./s3/storage";
import { WEBSITE } from "./s3/website";
import { sampleImages } from "./sample-images";
import { Trace } from "./trace";

export interface LocalStackOptions {
  readonly stack: string;
  /** Config that overrides the stack file's, as `pulumi up -c` does. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Port of the CDN; API, website, S3 and gallery have the next ones. 0 for any free ones. */
  readonly port: number;
  /** Folder of originals. Default: generated sample images. */
  readonly images?: string;
  /** Changes what the program registered before it is served: how a test breaks a stack. */
  readonly resources?: (declared: readonly RegisteredResource[]) => readonly RegisteredResource[];
  /** Receives every request from the first on. */
  readonly trace?: Trace;
}

/** A stack served on this machine. */
export interface LocalStack {
  /** URLs without a slash at the end; the API's is that of its stage. */
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
  /** Folder of the originals. */
  readonly images: string;
  readonly run: ProgramRun;
  readonly storage: Storage;
  readonly trace: Trace;
  /** Ends every server and process, and deletes what was stored. */
  close(): Promise<void>;
}

/** State that the parts of a stack share while it starts. */
interface Starting {
  readonly run: ProgramRun;
  readonly trace: Trace;
  readonly storage: Storage;
  readonly hosts: HostTable;
  /** Registers what `close` frees, last first. */
  readonly free: (close: () => unknown) => void;
}

/**
 * Runs the program of a stack and serves exactly what it registers.
 * @throws UserError for a mistake in the options, a taken port, or a declared resource that cannot be served
 */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  const closers: (() => unknown)[] = [];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    return { ...(await start(options, (closer) => closers.push(closer))), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function start(options: LocalStackOptions, free: Starting["free"]): Promise<Omit<LocalStack, "close">> {
  const trace = options.trace ?? new Trace();
  // Sample images are created by threads of their own while the program loads.
  const [images, declared] = await Promise.all([
    options.images ?? sampleImages(),
    runProgram({ stack: options.stack, config: options.config ?? {} }),
  ]);
  const run = { ...declared, resources: options.resources?.(declared.resources) ?? declared.resources };
  const port = (offset: number) => (options.port === 0 ? 0 : options.port + offset);
  const storage = await openStorage({ run, trace });
  free(() => storage.close());
  const hosts = new HostTable();
  const starting: Starting = { run, trace, storage, hosts, free };

  const s3 = await storage.startS3(port(3));
  hosts.add(`s3.${run.region}.amazonaws.com`, s3.port);
  const distribution = readDistribution(run.resources);
  const bucketResource = imageBucket(run.resources, distribution);
  const bucket = outputOf(bucketResource, "bucket");
  const originals = linkOriginals(storage.objects(bucket), images);
  // It is awaited below; until then a rejection must not end the process.
  originals.catch(() => undefined);
  const website = await startWebsite(starting, bucket, port(2));

  const cdn = new Cdn({ distribution, hosts, trace });
  const functions = await openFunctions(starting, s3.url, await startCloudFrontApi(starting, distribution, cdn));
  const httpApi = readHttpApi(run.resources, functions);
  const { handle } = new Api({ api: httpApi, accountId: run.accountId, hosts });
  const apiServer = await servePart("api", trace, port(1), handle);
  free(() => apiServer.close());
  hosts.add(httpApi.host, apiServer.port);

  await startBucketOrigins(starting, distribution, bucketResource);
  const cdnServer = await servePart("cdn", trace, port(0), cdn.handle);
  free(() => cdnServer.close());
  for (const host of [distribution.domainName, ...distribution.aliases]) hosts.add(host, cdnServer.port);

  const { iam } = storage;
  const events = new Events({ run, functions, iam, trace });
  free(() => {
    events.close();
  });
  storage.listenToChanges((change) => {
    events.changed(change);
  });

  // Not awaited: the first request may come later than it takes.
  for (const { runtime } of functions) void runtime.warm();

  const endpoints = {
    cdn: localUrl(cdnServer.port),
    api: `${localUrl(apiServer.port)}/${httpApi.stage}`,
    ...(website === undefined ? {} : { website: localUrl(website) }),
    // With an IP address, because an SDK asks a name for <bucket>.<name>.
    s3: s3.url,
  };
  const accessKey = storage.credentials.issue(ADMINISTRATOR);
  const objects = storage.objects(bucket);
  const gallery = await startGallery({ run, endpoints, bucket, objects, iam, accessKey, cdn, trace, port: port(4) });
  free(() => gallery.close());

  const linked = await originals;
  if (events.buckets.has(bucket)) {
    // They are linked by now, so that they are no changes.
    const watch = new OriginalsWatch(objects, images);
    free(() => {
      watch.close();
    });
    await watch.start();
  }
  const all = { ...endpoints, gallery: localUrl(gallery.port) };
  return { endpoints: all, bucket, accessKey, originals: linked, images, run, storage, trace };
}

/**
 * Returns the bucket of originals and variants: the one that the distribution reads, by its website or by itself.
 * @throws UserError if it reads none or more than one
 */
export function imageBucket(
  resources: readonly RegisteredResource[],
  { origins }: Pick<Distribution, "origins">,
): RegisteredResource {
  const read = ofType(resources, "aws:s3/bucket:Bucket").filter(({ outputs }) => {
    const websites = ofType(resources, WEBSITE).filter(({ inputs }) => inputs.bucket === outputs.bucket);
    const hosts = [outputs.bucketRegionalDomainName, ...websites.map((website) => website.outputs.websiteEndpoint)];
    return origins.some(({ domainName }) => hosts.includes(domainName));
  });
  const [bucket] = read;
  if (!bucket || read.length > 1) {
    throw new UserError(
      `the local stack serves one bucket, and the distribution reads ${read.length} of the program's buckets`,
    );
  }
  return bucket;
}

/** Starts the declared website and returns its port; undefined if the bucket is no website. */
async function startWebsite({ run, storage, hosts }: Starting, bucket: string, port: number) {
  if (ofType(run.resources, WEBSITE).length === 0) return undefined;
  const website = await storage.startWebsite(bucket, port, (url) => hosts.localize(url));
  hosts.add(outputOf(single(run.resources, WEBSITE), "websiteEndpoint"), website.port);
  return website.port;
}

/** Serves the bucket at its own host, for origins that are the bucket itself. */
async function startBucketOrigins(
  { storage, hosts }: Starting,
  { origins, arn }: Distribution,
  bucket: RegisteredResource,
): Promise<void> {
  for (const { kind, domainName, signed } of origins) {
    if (kind !== "bucket") continue;
    if (domainName !== outputOf(bucket, "bucketRegionalDomainName")) {
      throw new UserError(`the program declares no bucket for the distribution's origin ${domainName}`);
    }
    const cloudFront = { kind: "service", name: "cloudfront.amazonaws.com", sourceArn: arn } as const;
    const { port } = await storage.startOrigin(outputOf(bucket, "bucket"), signed ? cloudFront : ANONYMOUS, 0);
    hosts.add(domainName, port);
  }
}

/** Starts CloudFront's API for functions that changes start, and returns its URL; no other function uses it. */
async function startCloudFrontApi(
  { run, storage: { iam, credentials }, trace, free }: Starting,
  distribution: Distribution,
  cdn: Cdn,
): Promise<string | undefined> {
  if (ofType(run.resources, "aws:lambda/eventSourceMapping:EventSourceMapping").length === 0) return undefined;
  const { handle } = new CloudFrontApi({ distribution, cdn, iam, credentials });
  const server = await servePart("cloudfront", trace, 0, handle);
  free(() => server.close());
  return server.url;
}

/** Opens the declared functions, none of them with a process yet. */
function openFunctions({ run, storage, trace, free }: Starting, s3Url: string, cloudFrontUrl: string | undefined) {
  const { iam, credentials } = storage;
  return Promise.all(
    ofType(run.resources, "aws:lambda/function:Function").map(async (resource) => {
      const declared = await readFunction(resource);
      const { allowed, reason } = iam.assumable(declared.roleArn, "lambda.amazonaws.com");
      if (!allowed) {
        throw new UserError(`Lambda cannot assume the role of the function "${resource.name}": ${reason}`);
      }
      const runtime = new FunctionRuntime({ declared, region: run.region, s3Url, cloudFrontUrl, credentials, trace });
      free(() => runtime.close());
      return { ...declared, runtime };
    }),
  );
}
