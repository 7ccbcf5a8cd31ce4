/** One variant to make, as a contender's process is told. */
export interface Job {
  /** The photograph's file, and its key where it is in S3. */
  readonly file: string;
  readonly key: string;
  readonly spec: string;
  /** Whether the variant's bytes are wanted back. */
  readonly keep: boolean;
}

/** What a contender's process answers: to a job, or to being asked how it fared. */
export type Answer =
  | { readonly kind: "ready" }
  | { readonly kind: "made"; readonly wallMs: number; readonly cpuMs: number; readonly bytes?: Uint8Array }
  | { readonly kind: "peak"; readonly peakRssMb: number }
  | { readonly kind: "failed"; readonly reason: string };

export type Question = { readonly kind: "make"; readonly job: Job } | { readonly kind: "peak" };

/** Makes a variant. What it answers are its bytes, unless they are in S3. */
export type Make = (original: Buffer, job: Job) => Promise<Uint8Array | undefined>;
