import {
  DeleteObjectsCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
  type ObjectIdentifier,
} from "@aws-sdk/client-s3";
import sharp from "sharp";
import { UserError } from "@image-resizer/lib/user-error";

/** Dimensions of each original, as it is seen: its file lies on its side. */
export const WIDTH = 800;
export const HEIGHT = 600;
const ON_ITS_SIDE = 6;

export type Colour = "red" | "blue";

/** The original of most checks. */
export const PHOTO = "photo.jpg";
/** Name whose every spelling in a URL is asked for. */
export const SPELT = "a b+c.jpg";
/** Names that have been lost between a client, a redirect and a bucket, with what is odd about each. */
export const AWKWARD: readonly (readonly [about: string, name: string])[] = [
  ["a space", "with space.jpg"],
  ["a plus", "a+b.jpg"],
  ["a percent sign", "100%.jpg"],
  ["an escape", "50%25 off.jpg"],
  ["quotes", 'it\'s "quoted".jpg'],
  ["other letters", "Käse 日本.jpg"],
  ["signs of a query", "this&that=other#1?.jpg"],
];
export const SVG = "svg.jpg";
export const DAMAGED = "damaged.jpg";

export interface Bucket {
  readonly client: S3Client;
  readonly bucket: string;
  readonly prefix: string;
}

/** @throws UserError if the credentials may not write to the bucket */
export async function uploadOriginals(bucket: Bucket): Promise<void> {
  const image = await imageOf("red");
  const names = [PHOTO, SPELT, ...AWKWARD.map(([, name]) => name)];
  for (const name of names) await upload(bucket, name, image);
  await upload(bucket, SVG, Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'));
  await upload(bucket, DAMAGED, image.subarray(0, image.length / 2));
}

/** Replaces an original by one of another colour. */
export async function replaceOriginal(bucket: Bucket, name: string): Promise<void> {
  await upload(bucket, name, await imageOf("blue"));
}

/** Deletes everything below the prefix. */
export async function removeAll({ client, bucket, prefix }: Bucket): Promise<void> {
  const found: ObjectIdentifier[] = [];
  for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
    found.push(...Contents.map(({ Key }) => ({ Key })));
  }
  if (found.length === 0) return;
  const { Errors = [] } = await client.send(new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: found } }));
  const [first] = Errors;
  if (first) throw new UserError(`${Errors.length} objects below ${prefix} are left: ${first.Message ?? ""}`);
}

/** Returns the colour of an image; undefined for an error in its place. */
export async function colourOf(image: Buffer): Promise<Colour | undefined> {
  const statistics = await sharp(image)
    .stats()
    .catch(() => undefined);
  return statistics && (statistics.dominant.b > statistics.dominant.r ? "blue" : "red");
}

async function upload({ client, bucket, prefix }: Bucket, name: string, body: Buffer): Promise<void> {
  const command = { Bucket: bucket, Key: prefix + name, Body: body, ContentType: "image/jpeg" };
  try {
    await client.send(new PutObjectCommand(command));
  } catch (error) {
    // No credentials, a bucket of another account, no network: the message of the SDK tells which.
    throw new UserError(`bucket ${bucket} cannot be written: ${(error as Error).message}`);
  }
}

function imageOf(colour: Colour): Promise<Buffer> {
  const background = { red: { r: 200, g: 60, b: 40 }, blue: { r: 40, g: 60, b: 200 } }[colour];
  const image = sharp({ create: { width: HEIGHT, height: WIDTH, channels: 3, background } });
  return image.withMetadata({ orientation: ON_ITS_SIDE }).jpeg().toBuffer();
}
