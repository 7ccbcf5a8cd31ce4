import type { Iam } from "../iam/iam";
import type { ProgramRun } from "../program";
import type { Trace } from "../trace";
import type { Credentials } from "./credentials";

/** A server that listens on loopback. */
export interface LocalServer {
  /** `http://127.0.0.1:8083`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

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

/** The calls that the S3 endpoint serves, named as S3 names them. */
export type S3Operation =
  | "GetObject"
  | "HeadObject"
  | "GetObjectTagging"
  | "PutObject"
  | "CopyObject"
  | "DeleteObject"
  | "DeleteObjects"
  | "ListObjectsV2"
  | "CreateMultipartUpload"
  | "UploadPart"
  | "CompleteMultipartUpload"
  | "AbortMultipartUpload";

/** What came of reading a folder. */
export interface Originals {
  readonly count: number;
  /** Files that look like pictures and could not become originals, each with the reason. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

/** The buckets that the program declares, their policies, and the two ways to reach them. */
export interface Storage {
  readonly iam: Iam;
  readonly credentials: Credentials;
  /** The names of the declared buckets. */
  readonly buckets: readonly string[];
  /**
   * Starts the S3 endpoint (path style: `<url>/<bucket>/<key>`). Port 0 for any free one.
   * @throws UserError if the port is taken.
   */
  startS3(port: number): Promise<LocalServer>;
  /**
   * Starts a bucket's website endpoint (`<url>/<key>`).
   * @throws UserError if the port is taken.
   */
  startWebsite(options: WebsiteOptions): Promise<LocalServer>;
  /**
   * Makes every picture below `directory` an original, its path relative to it as the key.
   * The files stay where they are and are only ever read.
   * @throws UserError for a folder that is missing, empty of pictures, or no folder.
   */
  putOriginals(bucket: string, directory: string): Promise<Originals>;
  /** How many calls of this kind the S3 endpoint has answered, whatever the answer. */
  count(operation: S3Operation): number;
  /** Ends the servers and removes what was stored. */
  close(): Promise<void>;
}

/** @throws UserError for a policy that AWS would refuse, or that the local stack cannot judge. */
export declare function openStorage(options: StorageOptions): Promise<Storage>;
