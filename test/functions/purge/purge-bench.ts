import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import sharp from "sharp";
import { S3Bucket } from "../../../functions/purge/bucket";
import { createHandler, type Handler } from "../../../functions/purge/handler";
import { readSettings } from "../../../functions/purge/settings";
import { createHandler as createResizer } from "../../../functions/resizer/handler";
import { readSettings as readResizerSettings } from "../../../functions/resizer/settings";
import { S3Store, type Store } from "../../../functions/resizer/store";
import { ADMINISTRATOR, rolePrincipal } from "@image-resizer/local/iam/iam";
import { openStorage } from "@image-resizer/local/s3/storage";
import { Trace } from "@image-resizer/local/trace";
import { quietly } from "../../support/quietly";
import { register } from "../../support/program";

export const RED = { r: 220, g: 30, b: 30 };
export const BLUE = { r: 30, g: 30, b: 220 };

const CONFIG = { "bucket.purgeOnChange": true, formats: ["webp"], retiredSizes: ["480h"] };

export function imageOf(background: typeof RED): Promise<Buffer> {
  return sharp({ create: { width: 800, height: 600, channels: 3, background } })
    .jpeg()
    .toBuffer();
}

/** Both functions of a stack in this process, in front of the local S3 with the declared roles, and a CDN that notes what it is told. */
export class PurgeBench {
  /** Variants that the CDN was told of, call by call. */
  invalidated: string[][] = [];
  /** Error of each further call to the CDN. */
  failingCdn: Error | undefined;
  readonly #purge: Handler;

  private constructor(
    readonly storage: Awaited<ReturnType<typeof openStorage>>,
    readonly administrator: S3Client,
    readonly resizerClient: S3Client,
    private readonly purgeClient: S3Client,
    private readonly resizerSettings: ReturnType<typeof readResizerSettings>,
    purgeSettings: ReturnType<typeof readSettings>,
    readonly bucket = purgeSettings.bucket,
    readonly store = new S3Store(resizerClient, resizerSettings),
  ) {
    this.#purge = createHandler(purgeSettings, new S3Bucket(purgeClient, bucket), {
      invalidate: (variants) => {
        if (this.failingCdn) return Promise.reject(this.failingCdn);
        this.invalidated.push([...variants]);
        return Promise.resolve();
      },
    });
  }

  static async open(): Promise<PurgeBench> {
    const stack = await register({ stack: "dev", config: CONFIG });
    const storage = await openStorage({ run: stack.run, trace: new Trace() });
    const { url } = await storage.startS3(0);
    const client = (credentials: { accessKeyId: string; secretAccessKey: string }) =>
      new S3Client({ endpoint: url, region: "us-east-1", forcePathStyle: true, credentials });
    const asRole = (name: string) =>
      client(storage.credentials.issue(rolePrincipal(String(stack.named("Role", name).outputs.arn))));
    const variables = (name: string) =>
      (stack.named("Function", name).inputs.environment as { variables: Record<string, string> }).variables;
    return new PurgeBench(
      storage,
      client(storage.credentials.issue(ADMINISTRATOR)),
      asRole("resizer-role"),
      asRole("purge-role"),
      readResizerSettings(variables("resizer")),
      readSettings(variables("purge")),
    );
  }

  put(Key: string, Body: Buffer) {
    return this.administrator.send(new PutObjectCommand({ Bucket: this.bucket, Key, Body }));
  }

  remove(Key: string) {
    return this.administrator.send(new DeleteObjectCommand({ Bucket: this.bucket, Key }));
  }

  /** Has the resizer create a variant. Returns the status. */
  async make(key: string, from: Store = this.store): Promise<number | undefined> {
    const context = { awsRequestId: "r", getRemainingTimeInMillis: () => 15_000 };
    const handler = createResizer(this.resizerSettings, from);
    return (await quietly(() => handler({ rawQueryString: `key=${key}` }, context))).result.statusCode;
  }

  async keysBelow(Prefix: string): Promise<string[]> {
    const { Contents } = await this.administrator.send(new ListObjectsV2Command({ Bucket: this.bucket, Prefix }));
    return (Contents ?? []).map(({ Key }) => String(Key));
  }

  /** Returns the colour in the middle of an image in the bucket. */
  async colourOf(Key: string): Promise<"red" | "blue"> {
    const { Body } = await this.administrator.send(new GetObjectCommand({ Bucket: this.bucket, Key }));
    const [red = 0, , blue = 0] = await sharp(await Body?.transformToByteArray())
      .removeAlpha()
      .raw()
      .toBuffer();
    return red > blue ? "red" : "blue";
  }

  /** Has the purge function work on messages. Returns the ids of those that failed, and the lines that it logs. */
  async tell(...Records: Parameters<Handler>[0]["Records"]) {
    const { result, lines } = await quietly(() => this.#purge({ Records }));
    return { failed: result.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier), lines };
  }

  async close(): Promise<void> {
    for (const client of [this.administrator, this.purgeClient, this.resizerClient]) client.destroy();
    await this.storage.close();
  }
}
