import http from "node:http";
import { DeleteObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { LocalStack } from "../../../stack";
import { ask } from "../../support/http";
import { Browser } from "./browser";
import { frameBomb, scanBomb, textBomb } from "./bombs";
import { NO_IMAGES, pngBomb } from "./hostile-files";

/** Kind of request, with the statuses that it may have and its share of the traffic. */
export interface Kind {
  readonly name: string;
  readonly weight: number;
  readonly statuses: readonly number[];
  /** Sends a request and returns the status; 0 if the client disconnected. */
  readonly send: () => Promise<number>;
}

/** Originals in the folder `bad`, of which no variant can be created, or that are only unusual. */
const BAD: Readonly<Record<string, { readonly bytes: Buffer | Promise<Buffer>; readonly status: number }>> = {
  "svg.jpg": { bytes: NO_IMAGES["an SVG with external references"] ?? Buffer.alloc(0), status: 415 },
  "zip.jpg": { bytes: NO_IMAGES["a zip bomb"] ?? Buffer.alloc(0), status: 415 },
  "bomb.png": { bytes: pngBomb(30_000, 30_000), status: 413 },
  "scans.jpg": { bytes: scanBomb(7000, 7000, 800), status: 413 },
  "frames.webp": { bytes: frameBomb(100_000), status: 413 },
  "wide.png": { bytes: pngBomb(1_000_000, 49), status: 413 },
  "texts.png": { bytes: textBomb(pngBomb(2000, 2000), 100), status: 200 },
  "cut.png": { bytes: pngBomb(2000, 2000).subarray(0, 50), status: 422 },
};

export async function putBadOriginals(client: S3Client, bucket: string): Promise<void> {
  for (const [name, { bytes }] of Object.entries(BAD)) {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: `bad/${name}`, Body: await bytes }));
  }
}

/** Returns the traffic of a stack with `originals` originals (`p/0.jpg` ...), attacks included. */
export function traffic(stack: LocalStack, client: S3Client, originals: number): readonly Kind[] {
  const { cdn, api } = stack.endpoints;
  const sizes = stack.run.outputs.sizes as readonly string[];
  const key = () => `p/${pick(sizes)}/${Math.floor(Math.random() * originals)}.jpg`;
  const visit = async (url: string) => (await new Browser().visit(url)).status;
  const rejected = (name: string, weight: number, url: () => string, ...statuses: number[]): Kind => ({
    name,
    weight,
    statuses,
    send: () => visit(url()),
  });
  return [
    { name: "a variant", weight: 50, statuses: [200], send: () => visit(`${cdn}/${key()}`) },
    {
      name: "a variant deleted just before",
      weight: 10,
      statuses: [200],
      send: async () => {
        const deleted = key();
        await client.send(new DeleteObjectCommand({ Bucket: stack.bucket, Key: deleted }));
        return visit(`${cdn}/${deleted}`);
      },
    },
    {
      name: "a HEAD of a variant",
      weight: 5,
      statuses: [200, 307],
      send: async () => (await ask(`${cdn}/${key()}`, { method: "HEAD" })).status,
    },
    { name: "a client that disconnects", weight: 5, statuses: [0], send: () => leave(`${api}/resizer?key=${key()}`) },
    rejected("an unlisted size", 5, () => `${cdn}/p/641w/0.jpg`, 404),
    rejected("a missing original", 5, () => `${cdn}/p/640w/missing-${Math.random()}.jpg`, 404),
    rejected(
      "a malformed key",
      5,
      () => `${api}/resizer?key=${pick(["", "..%2f640w%2fa", "%ff", "a%00", "640w/640w/a.jpg"])}`,
      400,
    ),
    rejected("a key of 8 KB", 2, () => `${api}/resizer?key=640w/${"a".repeat(8000)}`, 400),
    ...Object.entries(BAD).map(([name, { status }]) =>
      rejected(`an original ${name}`, 2, () => `${cdn}/bad/640w/${name}`, status),
    ),
  ];
}

function pick<T>(values: readonly T[]): T {
  return values[Math.floor(Math.random() * values.length)] as T;
}

/** Sends a request, and disconnects before the response. */
function leave(url: string): Promise<number> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent: false });
    request.once("close", () => {
      resolve(0);
    });
    request.once("error", () => undefined);
    request.once("socket", (socket) => {
      socket.once("connect", () => setTimeout(() => request.destroy(), 5));
    });
  });
}
