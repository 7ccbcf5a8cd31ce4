/** What a stack's process is started with, as JSON in its first argument. */
export interface StackOrder {
  readonly config: Readonly<Record<string, unknown>>;
  /** The folder of originals. */
  readonly images: string;
}

/** Makes a file an original under many keys: as many photographs that nobody has asked for yet. */
export interface LinkQuestion {
  readonly file: string;
  readonly keys: readonly string[];
}

export type StackAnswer =
  | { readonly kind: "started"; readonly cdn: string; readonly sizes: readonly string[] }
  | { readonly kind: "linked" }
  /** A person's mistake is said in one sentence. */
  | { readonly kind: "failed"; readonly reason: string; readonly mistake: boolean };
